import { Button, Stack, Text } from '@mantine/core';
import type { Me, Pause } from '../api/client';
import { isStaff, usePauses, useRelease } from '../api/queries';
import { phrase } from '../lib/words';
import { Note } from '../ui/note';
import { When } from '../ui/when';

const WHAT: Record<Pause['scope'], (value: string) => string> = {
  all: () => 'All messages are paused',
  kind: (value) => `Messages of the kind “${phrase(value).toLowerCase()}” are paused`,
  channel: (value) => (value === 'webhook' ? 'Webhooks are paused' : `Messages by ${value === 'sms' ? 'text' : 'e-mail'} are paused`),
  policy: (value) => `Decisions on “${phrase(value).toLowerCase()}” are paused`,
};

function waits({ scope, waiting, underWay }: Pause): string {
  if (scope === 'policy') return 'What it would decide waits for a person.';
  const held = waiting === 0 ? 'Nothing waits yet.' : waiting === 1 ? 'One message waits.' : `${waiting} messages wait.`;
  return underWay === 0 ? held : `${held} ${underWay === 1 ? 'One is' : `${underWay} are`} still being sent.`;
}

function Paused({ pause, mayRelease }: { pause: Pause; mayRelease: boolean }) {
  const release = useRelease();
  return (
    <Note role="status" tone="bad" title={WHAT[pause.scope](pause.value ?? '')}>
      <Text size="sm">
        <bdi>{pause.reason}</bdi> – <bdi>{pause.pausedBy}</bdi>, since <When at={pause.pausedAt} />
        {pause.until && (
          <>
            , until <When at={pause.until} />
          </>
        )}
        . {waits(pause)}
      </Text>
      {mayRelease && (
        <Button size="xs" variant="default" w="fit-content" loading={release.isPending} onClick={() => release.mutate(pause.id)}>
          Release
        </Button>
      )}
      {release.error && (
        <Text size="sm" role="alert">
          {release.error.message}
        </Text>
      )}
    </Note>
  );
}

/** The brake, on every page as long as it is applied: what is paused, why, by whom, and how much waits. */
export function Brake({ me }: { me: Me }) {
  const { data = [] } = usePauses();
  const mayRelease = isStaff(me);
  if (data.length === 0) return null;
  return (
    <Stack gap="xs" pb="md">
      {data.map((pause) => (
        <Paused key={pause.id} pause={pause} mayRelease={mayRelease} />
      ))}
    </Stack>
  );
}
