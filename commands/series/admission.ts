import { closuresDuring } from '../../db/closures';
import { notifiedGuardians, type PersonRow } from '../../db/people';
import type { Tx } from '../../db/database';
import { preview, type Decision } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { explain } from '../../policy/explain';
import { selectPolicy } from '../../policy/select';
import { admissionQuestion } from '../admission';
import { readAround } from '../load';
import type { Context } from '../context';

interface Lesson {
  series: { id: string; anchorZone: string; isTrial: boolean; programme: string | null; branch: string | null; subject: string | null };
  students: PersonRow[];
  instructor: PersonRow;
  startsAt: Date;
  endsAt: Date;
}

/** What admission would say of one lesson of a series, in words too. Nothing is stored. */
export async function askAdmission(ctx: Context, tx: Tx, lesson: Lesson): Promise<Decision & { why: string }> {
  const { series, students, instructor, startsAt, endsAt } = lesson;
  const people = [...students, instructor].map((p) => p.id);
  const closures = await closuresDuring(tx, { personIds: people, branch: series.branch }, startsAt, endsAt);
  const guardians = await notifiedGuardians(
    tx,
    students.map((s) => s.id),
  );
  const session = { ...series, rev: 1, startsAt, endsAt };
  const around = await readAround(tx, { personIds: people, instructorId: instructor.id, startsAt, id: series.id });
  const q = admissionQuestion(ctx, { seq: 'series', session, students, instructor, guardians, closures, around });
  const decision = await preview(tx, q);
  const { outcome, rule, missing, say, facts } = decision;
  const policy = selectPolicy((await loadActiveSet(tx)).compiled.policies, q.point, q.labels);
  return { ...decision, why: explain(policy, facts, { outcome, rule, missing, say }).sentence };
}
