import type { Ask } from '../../decisions/decide';
import type { ChangeKind } from '../../domain/vocabulary';
import { add } from './add';
import { cancel } from './cancel';
import { convert } from './convert';
import { drop } from './drop';
import { NOBODY, type After, type Changing, type KindOfChange, type Moving } from './kind';
import { reassign } from './reassign';
import { reschedule } from './reschedule';
import { room } from './room';
import { swap } from './swap';

/** Every kind of change there is. A new one is a file beside this, a line here, and a word in the vocabulary. */
export const KINDS: Record<ChangeKind, KindOfChange> = { cancel, reschedule, reassign, swap, add, drop, room, convert };

export const movingOf = (changing: Changing): Promise<Moving> => KINDS[changing.input.kind].people?.(changing) ?? Promise.resolve(NOBODY);
export const afterOf = (changing: Changing, moving: Moving, ask: Ask): Promise<After> => KINDS[changing.input.kind].after(changing, moving, ask);
