import { Button, Group, Stack, Text } from '@mantine/core';
import type { SessionDetail } from '../api/client';
import { useMatch } from '../api/queries';
import { clockWithSeconds } from '../lib/time';
import { Note } from '../ui/note';

/** Who was in the room and is matched to nobody, with one button for each participant that it may have been. */
export function Strangers({ session }: { session: SessionDetail }) {
  const match = useMatch(session.id);
  const missing = session.participants.filter((p) => p.verdict !== 'arrived' && p.verdict !== 'late');
  return (
    <Stack gap="sm">
      {session.strangers.map((s) => (
        <Note key={s.key} role="status" tone="warn" title="Somebody unknown was in the room">
          <Text size="sm">
            <bdi>{s.name ?? s.key}</bdi>, since {clockWithSeconds(s.joinedAt)}. Who was it?
          </Text>
          <Group gap="sm">
            {missing.map((p) => (
              <Button key={p.personId} size="xs" loading={match.isPending} onClick={() => match.mutate({ key: s.key, personId: p.personId })}>
                <bdi>This is {p.name}</bdi>
              </Button>
            ))}
            <Button size="xs" variant="default" loading={match.isPending} onClick={() => match.mutate({ key: s.key, personId: null })}>
              Nobody of this lesson
            </Button>
          </Group>
        </Note>
      ))}
      {match.error && <Note role="alert" tone="bad" title={match.error.message} />}
    </Stack>
  );
}
