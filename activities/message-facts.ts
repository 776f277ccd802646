import type { CorrectionResult } from '../commands/corrections/types';
import { placeToken } from '../commands/waitlist/link';
import { correctionsAt, type CorrectionRow } from '../db/corrections';
import { findBatch, lessonsOfBatch } from '../db/batches';
import { closureOfBatch } from '../db/closures';
import { acknowledgementOf } from '../db/acknowledgements';
import { briefingFor } from '../db/briefing';
import type { ChangeRow } from '../db/changes';
import { documentsOf, draftById } from '../db/documents';
import { findHeldStep } from '../db/held-steps';
import { offerTo } from '../db/offers';
import type { ObligationRow } from '../db/obligations';
import { peopleOf, type PersonRow } from '../db/people';
import { findSession } from '../db/sessions';
import { entryOf } from '../db/waitlist';
import type { Tx } from '../db/database';
import type { ParentUpdateContent, UpdateText } from '../domain/documents';
import { daysBetween } from '../domain/days';
import { moneyInWords } from '../domain/money';
import { deriveToken } from '../domain/ids';
import { languageFor } from '../domain/languages';
import type { ActivityDeps } from './deps';
import type { Known } from './known';

/** The join link of a participant; a guardian gets the student's. */
export function joinUrlOf(deps: ActivityDeps, { credentials }: Known, o: ObligationRow): string | null {
  const credential = credentials.find((c) => c.personId === (o.aboutId ?? o.personId));
  return credential ? `${deps.publicUrl}/j/${deriveToken(deps.secret, 'join', credential.id)}` : null;
}

/** The approved update in the language of the person to whom an obligation sends it; null when there is none. */
export async function updateOf(tx: Tx, o: ObligationRow, person: PersonRow, organisationLocale: string): Promise<UpdateText | null> {
  if (o.kind !== 'update') return null;
  const document = (await documentsOf(tx, o.sessionId)).find((d) => d.kind === 'parent-update');
  const draft = document?.approvedDraftId ? await draftById(tx, document.approvedDraftId) : undefined;
  if (!draft) return null;
  const update = draft.content as unknown as ParentUpdateContent;
  const texts = [update, ...update.otherLanguages];
  const language = languageFor(person.locale, organisationLocale, (l) => texts.some((t) => t.language === l));
  return texts.find((t) => t.language === language) ?? update;
}

const concerns = ({ result }: CorrectionRow, { aboutId }: ObligationRow): boolean => {
  const { attendance, money } = result as unknown as CorrectionResult;
  return [...attendance, ...money].some((c) => c.personId === aboutId);
};

/** What was put right, as this reader is concerned: of their student, or of their own pay. */
async function correctionFor(tx: Tx, o: ObligationRow): Promise<Record<string, string> | undefined> {
  const made = await correctionsAt(tx, o.sessionId, o.anchorAt);
  // A match that goes from one student to another corrects both at once.
  const found = made.find((c) => concerns(c, o)) ?? made[0];
  if (!found) return undefined;
  const { attendance, money, minutes = null } = found.result as unknown as CorrectionResult;
  const said = attendance.find((a) => a.personId === o.aboutId)?.after ?? '';
  const words: Record<string, string> = { arrived: 'came', late: 'came', 'no-show': 'missed', undecided: 'excused' };
  const sums = (kind: 'charge' | 'payout'): [string, string] => {
    const own = money.filter((m) => !m.held && m.kind === kind && (kind === 'payout' || m.personId === o.aboutId));
    if (own.length === 0) return ['', ''];
    const total = (side: 'beforeMinor' | 'afterMinor'): string =>
      moneyInWords(
        own.reduce((sum, m) => sum + m[side], 0),
        own[0]!.currency,
      );
    return [total('afterMinor'), total('beforeMinor')];
  };
  const [charge, previousCharge] = sums('charge');
  const [pay, previousPay] = sums('payout');
  const lasted = minutes === null ? { minutes: '', agreedMinutes: '' } : { minutes: String(minutes.after), agreedMinutes: String(minutes.agreed) };
  return { attendance: words[said] ?? '', charge, previousCharge, pay, previousPay, ...lasted, reason: found.reason ?? '' };
}

/** Messages to an instructor in which a lesson can be acknowledged. */
const ACKNOWLEDGED_IN = ['assignment', 'briefing', 'acknowledgement'];

/** The page on which the reader acknowledges the lesson; undefined when nobody waits for their word. */
async function acknowledgeOf(deps: ActivityDeps, tx: Tx, o: ObligationRow): Promise<{ url: string } | undefined> {
  if (!ACKNOWLEDGED_IN.includes(o.kind)) return undefined;
  const asked = await acknowledgementOf(tx, o.sessionId, o.personId);
  return asked?.checkAt ? { url: `${deps.publicUrl}/a/${deriveToken(deps.secret, 'acknowledge', asked.id)}` } : undefined;
}

/** The offer that a message is about. Who is asked to stand in learns how many students there are, not who. */
async function offerOf(deps: ActivityDeps, tx: Tx, { session, participants }: Known, o: ObligationRow): Promise<object | undefined> {
  if (o.kind !== 'offer' && o.kind !== 'substitute') return undefined;
  const offer = await offerTo(tx, o.sessionId, o.personId);
  return (
    offer && {
      url: `${deps.publicUrl}/o/${deriveToken(deps.secret, 'offer', offer.id)}`,
      expiresAt: +offer.expiresAt,
      students: participants.filter((p) => p.role === 'student').length,
      isTrial: session.isTrial,
    }
  );
}

export interface Reader {
  person: PersonRow;
  role: string;
  joinUrl: string | null;
  update: UpdateText | null;
  /** The time that a notice of change takes back, as this reader was last told it. */
  before: ChangeRow['before'] | undefined;
}

/** The whole days of what was closed, where it is whole days. */
async function daysOf(tx: Tx, batchId: string): Promise<{ fromDay: string; toDay: string }> {
  const closure = await closureOfBatch(tx, batchId);
  return (closure?.zone && daysBetween(closure.startsAt, closure.endsAt, closure.zone)) || { fromDay: '', toDay: '' };
}

/** Everything that a batch has changed for its reader; for a family by child, for an instructor by time alone. */
async function batchFor(tx: Tx, batchId: string, { person, role }: Reader): Promise<Record<string, unknown>> {
  const batch = await findBatch(tx, batchId);
  const isFamily = role === 'guardian' || role === 'student';
  const lessons = (await lessonsOfBatch(tx, batchId, person.id)).map((l) => {
    const previousStartsAt = +new Date(l.previousStartsAt);
    const isCancelled = l.status === 'cancelled';
    return {
      title: l.title,
      studentNames: l.studentNames,
      instructorName: l.instructorName,
      startsAt: +l.startsAt,
      previousStartsAt,
      isCancelled,
      isMoved: !isCancelled && +l.startsAt !== previousStartsAt,
      isWithout: !isCancelled && isFamily && l.isLeft,
    };
  });
  const names = isFamily ? [...new Set(lessons.map((l) => l.studentNames))] : [''];
  const students = names.map((n) => ({ names: n, lessons: lessons.filter((l) => !isFamily || l.studentNames === n) }));
  return { reason: batch?.reason ?? '', ...(await daysOf(tx, batchId)), zone: person.zone, lessons, students };
}

/** The change that a notice tells of: the one that was made when it fell due. What tells of none may still ask for the last. */
export const changeOf = (changes: ChangeRow[], o: ObligationRow): ChangeRow | undefined =>
  changes.find((c) => +c.madeAt === +o.anchorAt) ?? changes.at(-1);

/** What is to be said of it: who taught and when it was to be, as this reader knows it, and a reason in the words of the rules. */
function changeFor(known: Known, o: ObligationRow, { person, role, before }: Reader): Record<string, unknown> | undefined {
  const made = changeOf(known.changes, o);
  if (!made) return undefined;
  const was = before ?? made.before;
  // Several may have been made at once, when two groups go together: one notice tells of all.
  const last = known.changes.findLast((c) => +c.madeAt === +made.madeAt) ?? made;
  const [earlier, later] = [made.before.participantIds ?? [], last.after.participantIds ?? []];
  const moved = [...earlier.filter((id) => !later.includes(id)), ...later.filter((id) => !earlier.includes(id))];
  const roles = new Map([...known.formers, ...known.participants].map((p) => [p.personId, p.role]));
  const namesOf = (ids: string[], wanted: string): string =>
    ids.flatMap((id) => (roles.get(id) === wanted ? [known.people.get(id)?.givenName ?? ''] : [])).join(', ');
  const { say, isForAll } = known.sayings.get(made.id) ?? { say: {}, isForAll: false };
  const mayRead = isForAll || role === 'guardian' || role === 'student';
  return {
    kind: made.kind,
    reason: made.reason ?? '',
    say: (mayRead && say[languageFor(person.locale, known.organisation.locale, (l) => l in say)]) || '',
    previousStartsAt: +new Date(was.startsAt),
    previousInstructorName: namesOf(was.participantIds ?? [], 'instructor'),
    studentNames: namesOf(moved, 'student'),
  };
}

/** The group in which the students of a cancelled one take part instead, as it is by now. */
async function mergedFor(tx: Tx, { changes }: Known, o: ObligationRow): Promise<object | undefined> {
  const id = changes.find((c) => +c.madeAt === +o.anchorAt)?.after.continuesIn;
  const session = id === undefined ? undefined : await findSession(tx, id);
  if (!session) return undefined;
  const instructor = (await peopleOf(tx, session.id)).find((p) => p.kind === 'instructor');
  return { title: session.title, startsAt: +session.startsAt, instructorName: instructor?.givenName ?? '' };
}

/** The place that is offered to a student, or is not to be had any more. */
async function placeOf(deps: ActivityDeps, tx: Tx, { session }: Known, o: ObligationRow): Promise<object | undefined> {
  if (o.kind !== 'place') return undefined;
  const entry = await entryOf(tx, o.sessionId, o.aboutId ?? o.personId);
  return (
    entry && {
      url: `${deps.publicUrl}/w/${placeToken(deps.secret, entry.id, o.personId)}`,
      expiresAt: +(entry.expiresAt ?? session.startsAt),
      isCancelled: session.status === 'cancelled',
    }
  );
}

/** What a template may say to one reader; the same names as messages/facts. */
export async function factsFor(deps: ActivityDeps, tx: Tx, known: Known, o: ObligationRow, reader: Reader): Promise<Record<string, unknown>> {
  const { session, participants, people } = known;
  const { person, role, joinUrl, update } = reader;
  const named = (wanted: 'student' | 'instructor'): string[] =>
    participants.filter((p) => p.role === wanted).map((p) => people.get(p.personId)!.givenName);
  const about = o.aboutId ? people.get(o.aboutId) : undefined;
  const step = o.heldStepId ? await findHeldStep(tx, o.heldStepId) : undefined;
  return {
    organisation: { name: known.organisation.name },
    person: { givenName: person.givenName, name: person.name, role },
    about: about && { givenName: about.givenName, name: about.name },
    session: {
      title: session.title,
      subject: session.subject ?? '',
      programme: session.programme ?? '',
      startsAt: +session.startsAt,
      endsAt: +session.endsAt,
      url: `${deps.publicUrl}/sessions/${session.id}`,
      joinUrl: joinUrl ?? '',
      instructorName: named('instructor')[0] ?? '',
      // A family reads its own child's name only; other families' children are not its business.
      studentNames: (role === 'instructor' || role === 'coordinator'
        ? named('student')
        : role === 'substitute'
          ? []
          : [about?.givenName ?? person.givenName]
      ).join(', '),
      reason: session.cancelReason ?? '',
      incident: known.incident,
    },
    acknowledge: await acknowledgeOf(deps, tx, o),
    offer: await offerOf(deps, tx, known, o),
    briefing: o.kind === 'briefing' ? { text: await briefingFor(tx, session) } : undefined,
    change: changeFor(known, o, reader),
    merged: await mergedFor(tx, known, o),
    place: await placeOf(deps, tx, known, o),
    review: step && {
      url: `${deps.publicUrl}/held-steps/${step.id}`,
      deadlineAt: step.deadlineAt ? +step.deadlineAt : +session.endsAt,
      reason: step.reason,
    },
    correction: o.kind === 'correction' || o.step === 'corrected' ? await correctionFor(tx, o) : undefined,
    batch: o.batchId ? await batchFor(tx, o.batchId, reader) : undefined,
    update: update && { subject: update.subject, paragraphs: update.paragraphs, notice: update.notice ?? '' },
  };
}
