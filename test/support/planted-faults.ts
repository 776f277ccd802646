import { HOUR } from '../../runtime/simulate/timing';
import type { Seen } from '../../runtime/simulate/verdict/seen';
import { answeredBeforeSent, message, obligation, seenOf } from './sound-week';

/** Each plants one fault in what the witnesses say. */
export const PLANTED: [string, string, string, (seen: Seen) => unknown, RegExp][] = [
  ['lost', 'a session that is not there', 'standard', (s) => (s.session = null), /is not there/],
  ['lost', 'a session without an end', 'standard', (s) => Object.assign(s.session!, { status: 'documenting', closedAt: null }), /it is documenting/],
  ['lost', 'a session that is not closed', 'standard', (s) => (s.session!.closedAt = null), /not closed/],
  [
    'lost',
    'a workflow that goes on',
    'standard',
    (s) => (s.workflow = { status: 'RUNNING', pending: 'dispatchDue in attempt 2' }),
    /still runs: it waits for dispatchDue/,
  ],
  ['lost', 'a workflow that failed', 'standard', (s) => (s.workflow = { status: 'FAILED', pending: null }), /ended as FAILED/],
  ['lost', 'an obligation without an end', 'standard', (s) => (obligation(s, 'update').state = 'in-doubt'), /it is in-doubt/],
  [
    'lost',
    'a message that the sink does not have',
    'standard',
    (s) => s.messages.splice(s.messages.indexOf(message(s, 'update')), 1),
    /the sink does not have it/,
  ],
  [
    'lost',
    'a message that was never even owed',
    'standard',
    (s) => {
      s.messages = s.messages.filter((m) => m.kind !== 'confirmation');
      s.obligations = s.obligations.filter((o) => o.kind !== 'confirmation');
    },
    /was owed and never reached/,
  ],
  ['lost', 'an event that nobody applied', 'standard', (s) => (s.inbox[0]!.state = 'received'), /never applied/],
  [
    'lost',
    'a step that nobody answered',
    'standard',
    (s) => s.heldSteps.push({ id: 'h', sessionId: 's', kind: 'charge', subject: 'x', state: 'open', chosen: null, deadlineAt: null, chosenAt: null }),
    /still waits/,
  ],
  ['doubled', 'a message under one key twice', 'standard', (s) => s.messages.push(message(s, 'update')), /2 times at the sink/],
  [
    'doubled',
    'the same thing owed twice',
    'standard',
    (s) => {
      s.obligations.push({ ...obligation(s, 'confirmation'), id: 'other' });
      s.messages.splice(1, 0, { ...message(s, 'confirmation'), key: 'other.email' });
    },
    /owed 2 times/,
  ],
  ['doubled', 'a charge posted twice', 'standard', (s) => s.journals.push({ ...s.journals[0]!, id: 'again' }), /posted 2 times/],
  [
    'doubled',
    'a charge taken back twice',
    'minutes-disputed',
    (s) => {
      const [charge] = s.journals;
      s.journals.push(...['r1', 'r2'].map((id) => ({ ...charge!, id, kind: 'reversal', reverses: charge!.id })));
    },
    /taken back 2 times/,
  ],
  ['doubled', 'a correction made twice', 'minutes-disputed', (s) => s.corrections.push(s.corrections[0]!), /made 2 times/],
  ['unexplained', 'a share of a charge that no correction names', 'minutes-disputed', (s) => (s.corrections = []), /neither what its decision says/],
  ['unexpected', 'a charge that was not put right', 'minutes-disputed', (s) => (s.journals[0]!.amountMinor = 4500), /charges is/],
  ['doubled', 'a change made twice', 'sick-child', (s) => s.changes.push(s.changes[0]!), /made 2 times/],
  ['late', 'a message after the tolerance', 'standard', (s) => (message(s, 'update').at += 2 * HOUR), /came late by 120 min/],
  ['late', 'a message before its time', 'standard', (s) => (message(s, 'credential').dueAt += 3 * HOUR), /came early/],
  [
    'late',
    'a message given up although there was time',
    'standard',
    (s) => s.obligations.push({ ...obligation(s, 'credential'), kind: 'reminder', step: 'day-before', state: 'missed', reason: 'too-late' }),
    /was given up \(too-late\).* by 720 min/,
  ],
  [
    'late',
    'a request that was not sent before its review was given',
    'standard',
    (s) => answeredBeforeSent(s, 2 * HOUR),
    /was not sent until it was answered.* by 120 min/,
  ],
  ['late', 'a lesson that began late', 'standard', (s) => (s.timeline[0]!.at = new Date(+s.timeline[0]!.at + 2 * HOUR)), /begun late/],
  [
    'contradictory',
    'a cancelled lesson of which a reminder is the last word',
    'sick-child',
    (s) => s.messages.push({ ...message(s, 'confirmation'), key: 'r.email', kind: 'reminder', step: 'hour-before' }),
    /the lesson is cancelled/,
  ],
  [
    'contradictory',
    'a moved lesson whose last word is of the old time',
    'moved',
    (s) => (s.session!.startsAt = new Date(+s.session!.startsAt + HOUR)),
    /does not say/,
  ],
  [
    'contradictory',
    'a student who was told to be absent, and had arrived',
    'standard',
    (s) => s.messages.push({ ...message(s, 'credential'), key: 'n.email', kind: 'no-show', step: 'no-show', aboutId: s.lesson.students[0]! }),
    /they had arrived/,
  ],
  [
    'contradictory',
    'a no-show of somebody who was there before',
    'standard',
    (s) => Object.assign(s.participants[1]!, { verdict: 'no-show', verdictAt: new Date(+s.session!.endsAt) }),
    /had come before that was said/,
  ],
  [
    'contradictory',
    'an instructor who was taken off and still believes to teach',
    'reassigned',
    (s) => (s.messages = s.messages.filter((m) => m.step !== 'taken-off')),
    /assignment.*not theirs any more/,
  ],
  [
    'contradictory',
    'a family that was told of somebody else’s teaching',
    'sick-instructor',
    (s) => s.messages.filter((m) => m.step === 'reassigned').forEach((m) => (m.text = m.text.replace(/ with .* http/, ' with Nobody http'))),
    /last that says who teaches/,
  ],
  [
    'lost',
    'a second room that somebody was never told of',
    'room-fails',
    (s) => {
      s.messages = s.messages.filter((m) => m.kind !== 'second-room');
      s.obligations = s.obligations.filter((o) => o.kind !== 'second-room');
    },
    /second-room.*was owed and never reached/,
  ],
  ['unexpected', 'minutes that a failed room took along', 'room-fails', (s) => (s.presence = s.presence.slice(2)), /minutes is/],
  [
    'unexpected',
    'a lesson that somebody else teaches than the script has',
    'unacknowledged',
    (s) => (s.participants.find((p) => p.role === 'instructor')!.personId = s.lesson.instructor),
    /instructor is/,
  ],
  ['contradictory', 'two ways in that are good', 'standard', (s) => s.credentials.push(s.credentials[0]!), /2 ways in that are good/],
  [
    'contradictory',
    'a way into a cancelled lesson',
    'sick-child',
    (s) => s.credentials.push({ ...seenOf('standard').credentials[0]!, personId: s.lesson.instructor }),
    /1 ways in that are good/,
  ],
  ['contradictory', 'a last link that was taken back', 'standard', (s) => (s.credentials[0]!.revokedAt = new Date(0)), /taken back/],
  ['contradictory', 'two open rooms', 'standard', (s) => s.rooms.push({ sessionId: 's', state: 'open' }), /2 rooms are open/],
  ['contradictory', 'an update that nobody approved', 'standard', (s) => s.documents.forEach((d) => (d.state = 'rejected')), /was not approved/],
  [
    'unexplained',
    'a settled session without its decision',
    'standard',
    (s) => (s.decisions = s.decisions.filter((d) => d.point !== 'settlement')),
    /nothing decided so/,
  ],
  ['unexplained', 'a cancelled session without its decision', 'sick-child', (s) => (s.changes[0]!.decisionId = null), /nothing decided so/],
  [
    'unexplained',
    'a charge without its decision',
    'standard',
    (s) => (s.journals[0]!.decisionId = 'of another session'),
    /names no decision of this session/,
  ],
  ['unexplained', 'a charge that its decision does not name', 'standard', (s) => (s.journals[0]!.amountMinor = 1), /neither what its decision says/],
  ['unexplained', 'a no-show without its decision', 'no-show', (s) => (s.participants[1]!.verdictDecisionId = null), /no decision says so/],
  ['unexplained', 'a message without its decision', 'standard', (s) => (obligation(s, 'update').decisionId = null), /names no decision/],
  [
    'unexplained',
    'a suppressed message without its reason',
    'standard',
    (s) => s.obligations.push({ ...obligation(s, 'update'), id: 'x', step: 'other', state: 'suppressed' }),
    /without a reason/,
  ],
  [
    'unexplained',
    'an event of the world that was refused',
    'standard',
    (s) => Object.assign(s.inbox[0]!, { state: 'refused', reason: 'no' }),
    /was refused: no/,
  ],
  ['unexpected', 'another status than the script has', 'standard', (s) => (s.session!.status = 'cancelled'), /status is cancelled/],
  ['unexpected', 'another charge', 'standard', (s) => (s.journals[0]!.amountMinor = 1), /charges is/],
  ['unexpected', 'another verdict', 'standard', (s) => (s.participants[1]!.verdict = 'late'), /verdicts is/],
];
