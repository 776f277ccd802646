import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useIncidents, useSay, useSearch } from '../api/act';
import type { Incident, OpenIncident, Session, SubstituteSearch } from '../api/client';
import { useNamesOf } from '../api/people';
import { INCIDENT_OUTCOMES, phrase } from '../lib/words';
import { Pill } from '../ui/pill';
import { Asked, ProblemNote } from '../ui/states';
import { When } from '../ui/when';

type Say = ReturnType<typeof useSay>;

const KINDS: Record<OpenIncident['kind'], string> = {
  'room-failed': 'The room has failed: the rules open another one',
  technical: 'Something technical: it speaks against anybody’s fault',
};
const OFFERS: Record<string, string> = {
  open: 'waits for an answer',
  accepted: 'said yes',
  declined: 'said no',
  expired: 'did not answer in time',
  released: 'is not needed any more',
  withdrawn: 'could not be given it',
};
const SEARCHES: Record<SubstituteSearch['state'], string> = {
  open: 'A substitute is searched.',
  found: 'A substitute was found.',
  held: 'Nobody has taken it; a coordinator decides.',
  cancelled: 'The search was stopped.',
  ended: 'The search is over.',
};

const Line = ({ incident: i, say }: { incident: Incident; say: Say }) => (
  <li>
    <Group gap="sm">
      <Text size="sm">
        {i.kind === 'room-failed' ? 'The room failed' : 'Something technical'}, since <When at={i.openedAt} />
        {i.note && (
          <>
            : <bdi>{i.note}</bdi>
          </>
        )}
        {i.closedAt ? (
          <>
            ; over <When at={i.closedAt} />
            {i.outcome && `, ${INCIDENT_OUTCOMES[i.outcome] ?? phrase(i.outcome).toLowerCase()}`}
          </>
        ) : null}
      </Text>
      {i.closedAt === null && (
        <Button size="xs" variant="default" loading={say.isPending} onClick={() => say.mutate({ what: 'close-incident', id: i.id })}>
          It is over
        </Button>
      )}
    </Group>
  </li>
);

function OpenOne({ say }: { say: Say }) {
  const [kind, setKind] = useState<OpenIncident['kind']>('technical');
  const [note, setNote] = useState('');
  return (
    <Stack gap="xs" className="fields">
      <NativeSelect
        size="sm"
        label="What is wrong with the lesson"
        value={kind}
        onChange={(e) => setKind(e.currentTarget.value as OpenIncident['kind'])}
        data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
      />
      <TextInput
        size="sm"
        label="Note for colleagues (optional)"
        maxLength={500}
        dir="auto"
        value={note}
        onChange={(e) => setNote(e.currentTarget.value)}
      />
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        loading={say.isPending}
        onClick={() => say.mutate({ what: 'incident', kind, note }, { onSuccess: () => setNote('') })}
      >
        Say so
      </Button>
    </Stack>
  );
}

function Search({ search, say }: { search: SubstituteSearch; say: Say }) {
  const names = useNamesOf(search.offers.map((o) => o.personId));
  return (
    <>
      <Text size="sm" fw={600}>
        {SEARCHES[search.state]}
      </Text>
      {search.offers.length > 0 && (
        <ul className="plain lines">
          {search.offers.map((o) => (
            <li key={o.id}>
              <Group gap="sm">
                <Text size="sm">
                  <bdi>{names.get(o.personId) ?? '…'}</bdi> <Pill tone={o.state === 'open' ? 'info' : 'neutral'}>{OFFERS[o.state] ?? o.state}</Pill>
                  {o.state === 'open' && (
                    <>
                      {' '}
                      until <When at={o.expiresAt} />
                    </>
                  )}
                </Text>
                {o.state === 'open' && (
                  <Button size="xs" variant="default" loading={say.isPending} onClick={() => say.mutate({ what: 'accept', offerId: o.id })}>
                    They said yes by phone
                  </Button>
                )}
              </Group>
            </li>
          ))}
        </ul>
      )}
      {search.state === 'open' && (
        <Button size="xs" variant="default" w="fit-content" loading={say.isPending} onClick={() => say.mutate({ what: 'stop-search' })}>
          The instructor teaches after all
        </Button>
      )}
    </>
  );
}

function Instructor({ sessionId, maySearch, say }: { sessionId: string; maySearch: boolean; say: Say }) {
  const query = useSearch(sessionId);
  const [note, setNote] = useState('');
  return (
    <Asked query={query} what="the search for a substitute">
      {(search) => (
        <Stack gap="xs" className="fields">
          {search && <Search search={search} say={say} />}
          {maySearch && search?.state !== 'open' && (
            <>
              <TextInput
                size="sm"
                label="Why the instructor cannot teach (optional, for colleagues)"
                maxLength={200}
                dir="auto"
                value={note}
                onChange={(e) => setNote(e.currentTarget.value)}
              />
              <Group gap="sm">
                <Button size="xs" variant="default" loading={say.isPending} onClick={() => say.mutate({ what: 'search', note })}>
                  Search for a substitute
                </Button>
                <Button size="xs" variant="default" loading={say.isPending} onClick={() => say.mutate({ what: 'acknowledge' })}>
                  They said that they know of it
                </Button>
              </Group>
            </>
          )}
        </Stack>
      )}
    </Asked>
  );
}

function Opened({ session }: { session: Session }) {
  const say = useSay(session.id);
  const incidents = useIncidents(session.id, true);
  const may = (action: string): boolean => session.allowedActions.some((a) => a.action === action && a.allowed);
  return (
    <Stack gap="sm" pt="xs">
      {say.error && <ProblemNote error={say.error} title="It was not done" />}
      <Instructor sessionId={session.id} maySearch={may('substitute-search')} say={say} />
      <Asked query={incidents} what="what went wrong">
        {(list) =>
          list.length === 0 ? null : (
            <ul className="plain lines">
              {list.map((i) => (
                <Line key={i.id} incident={i} say={say} />
              ))}
            </ul>
          )
        }
      </Asked>
      {may('open-incident') && <OpenOne say={say} />}
    </Stack>
  );
}

/** The instructor cannot teach, the room has failed: what a coordinator says of a lesson that does not go as it should. */
export function SomethingWrong({ session }: { session: Session }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="card" onToggle={(e) => e.currentTarget.open && setOpen(true)}>
      <summary>Something is wrong with it</summary>
      {isOpen && <Opened session={session} />}
    </details>
  );
}
