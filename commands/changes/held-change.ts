import type { SessionRow } from '../../db/sessions';
import { wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { hashOf } from '../../domain/ids';
import type { Json } from '../../policy/types';
import { changeReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import type { Context } from '../context';
import type { ChangeInput } from '../types';
import { KINDS } from '.';

const iso = (at: Date | undefined): string | null => at?.toISOString() ?? null;

/** What a coordinator is shown of a change, and what an approval makes again. */
const shownOf = (session: SessionRow, input: ChangeInput): Record<string, Json> => ({
  question: KINDS[input.kind].question,
  kind: input.kind,
  reason: input.reason ?? null,
  from: session.startsAt.toISOString(),
  startsAt: iso(input.startsAt),
  endsAt: iso(input.endsAt),
  ...(input.instructorId && { instructorId: input.instructorId }),
  ...(input.studentId && { studentId: input.studentId }),
  ...(input.withSessionId && { withSessionId: input.withSessionId }),
  ...(input.provider && { provider: input.provider }),
});

/** One that was shown, as it was asked for. */
export function inputOf(shown: Json): ChangeInput {
  const s = shown as Partial<Record<string, string | null>> & { kind: ChangeInput['kind'] };
  const at = (value: string | null | undefined): Date | undefined => (value ? new Date(value) : undefined);
  return {
    kind: s.kind,
    reason: s.reason ?? undefined,
    startsAt: at(s.startsAt),
    endsAt: at(s.endsAt),
    instructorId: s.instructorId ?? undefined,
    studentId: s.studentId ?? undefined,
    withSessionId: s.withSessionId ?? undefined,
    provider: s.provider ?? undefined,
  };
}

/**
 * Holds a change for a coordinator until the lesson starts, by the decision that held it; what it costs is by its terms. One that is held
 * already, about the same, stays the one there is.
 */
export async function holdChange(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  input: ChangeInput,
  { because, terms }: { because: string; terms: string },
): Promise<string> {
  const about = input.studentId ?? input.instructorId ?? input.withSessionId ?? input.provider;
  const step = await openHeldStep(tx, {
    session,
    kind: 'change',
    // Of one about somebody there may be several at once.
    subject: about === undefined ? session.id : `${session.id}:${hashOf([input.kind, about]).slice(0, 12)}`,
    audience: 'coordinator',
    reason: await changeReason(tx, session, { input, decisionId: because }),
    shown: shownOf(session, input),
    options: ['approve', 'reject'],
    defaultOption: 'reject',
    // A lesson that has begun is changed now or never.
    deadlineAt: session.startsAt > ctx.asOf ? session.startsAt : session.endsAt,
    decisionId: terms,
    asOf: ctx.asOf,
  });
  await wake(tx, session.id);
  return step.id;
}
