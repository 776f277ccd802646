import type { ReactNode } from 'react';
import type { WaitlistEntry } from '../api/client';
import { useIsStaff, useWaitlist } from '../api/queries';
import { WAITLIST } from '../lib/words';
import { Section } from '../ui/page';
import { Asked } from '../ui/states';
import { Rows } from '../ui/table';
import { When } from '../ui/when';

/** What became of it, and by whose word. */
const now = (e: WaitlistEntry): ReactNode => (
  <>
    {WAITLIST[e.state] ?? e.state}
    {e.answeredBy && (
      <>
        , answered by <bdi>{e.answeredBy.name}</bdi>
      </>
    )}
  </>
);

const columns = [
  { title: 'Name', cell: (e: WaitlistEntry) => <bdi>{e.person.name}</bdi> },
  { title: 'Now', cell: now },
  { title: 'Since', cell: (e: WaitlistEntry) => <When at={e.addedAt} /> },
  { title: 'Answer by', cell: (e: WaitlistEntry) => (e.expiresAt ? <When at={e.expiresAt} /> : '–') },
];

/** Who waits for a place in a group, for those who keep its list; nothing while nobody has. */
export function Waitlist({ sessionId }: { sessionId: string }) {
  const isStaff = useIsStaff();
  const waitlist = useWaitlist(sessionId, isStaff);
  if (!isStaff || waitlist.data?.length === 0) return null;
  return (
    <Section title="Waiting list">
      <div className="card">
        <Asked query={waitlist} what="the waiting list">
          {(entries) => <Rows label="Waiting list" rows={entries} columns={columns} idOf={(e) => e.id} />}
        </Asked>
      </div>
    </Section>
  );
}
