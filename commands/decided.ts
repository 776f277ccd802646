import type { HeldStepRow } from '../db/held-steps';
import type { SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { NoteAnswers } from '../domain/notes';
import type { Context } from './context';

/** A held step that was decided, by a person or by its deadline; the session is locked. */
export interface Decided {
  ctx: Context;
  tx: Tx;
  session: SessionRow;
  step: HeldStepRow;
  decision: string;
  /** What an instructor wrote where there is no recording. */
  answers?: Partial<NoteAnswers> | undefined;
}
