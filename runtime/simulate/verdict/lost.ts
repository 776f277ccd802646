import { inWords, overtakenAt, TERMINAL, type Check, type Judging, type Seen } from './seen';

const OPEN = ['planned', 'claimed', 'in-doubt'];

function sessionOf({ session, workflow }: Seen): string[] {
  if (!session) return ['was booked and is not there'];
  const lost: string[] = [];
  if (!TERMINAL.includes(session.status)) lost.push(`has no end: it is ${session.status}`);
  else if (!session.closedAt) lost.push(`is ${session.status} and not closed`);
  const { status, pending } = workflow ?? { status: 'not there', pending: null };
  if (session.closedAt && status === 'RUNNING') lost.push(`is closed, and its workflow still runs: it waits for ${pending}`);
  if (!session.closedAt && status !== 'RUNNING') lost.push(`is open, and its workflow is ${status}`);
  if (workflow && !['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW'].includes(status)) lost.push(`its workflow ended as ${status}`);
  return lost;
}

function obligationsOf({ obligations, messages }: Seen, judging: Judging): string[] {
  const keys = new Set(messages.map((m) => m.key));
  return obligations.flatMap((o) => {
    if (OPEN.includes(o.state)) return [`${inWords(judging, o)} has no end: it is ${o.state}`];
    const isSent = o.state === 'delivered' || o.state === 'failed-over';
    return isSent && !keys.has(`${o.id}.${o.channel}`) ? [`${inWords(judging, o)} is ${o.state}, and the sink does not have it`] : [];
  });
}

/** A message that the script says was owed, and that the sink does not have. One that was given up as too late, or overtaken, is judged as late. */
function expectedOf(seen: Seen, judging: Judging): string[] {
  const { expected, isDetermined, messages, obligations, session } = seen;
  if (!isDetermined || !session) return [];
  const { idOf } = judging;
  return expected.messages.flatMap(({ person, about, kind, step }) => {
    const wanted = { personId: idOf(person), aboutId: about && idOf(about), kind, step };
    const isIt = (m: typeof wanted): boolean => m.personId === wanted.personId && m.aboutId === wanted.aboutId && m.kind === kind && m.step === step;
    const owed = obligations.filter(isIt);
    if (messages.some(isIt) || owed.some((o) => o.state === 'missed' || overtakenAt(seen, o) !== null)) return [];
    const ends = owed.map((o) => `: it is ${o.state}${o.reason === null ? '' : ` (${o.reason})`}`);
    return [`${inWords(judging, wanted)} was owed and never reached the sink${ends.join('')}`];
  });
}

const eventsOf = ({ inbox }: Seen): string[] =>
  inbox.filter((e) => e.state === 'received').map((e) => `the event ${e.eventId} (${e.type}) was received and never applied`);

/** An obligation, event or session without an end, and messages that were owed and are not there. */
export const lost: Check = (seen, judging) => [
  ...sessionOf(seen),
  ...obligationsOf(seen, judging),
  ...expectedOf(seen, judging),
  ...eventsOf(seen),
  ...seen.heldSteps.filter((h) => h.state === 'open').map((h) => `the held step ${h.kind} still waits for an answer`),
];
