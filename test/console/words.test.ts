import { SESSION_STATUSES } from '../../domain/status';
import { HELD_STEP_KINDS, OBLIGATION_STATES, VERDICTS } from '../../domain/vocabulary';

// By name alone: the console's modules are not of this project's kind, so the compiler may not follow.
const words = jest.requireActual<Record<string, object>>('../../console/src/lib/words');

test.each([
  ['STATUSES', SESSION_STATUSES],
  ['VERDICTS', VERDICTS],
  ['STEP_KINDS', HELD_STEP_KINDS],
  ['OBLIGATIONS', OBLIGATION_STATES],
])('the page has words of its own for each of %s', (name, known) => expect(Object.keys(words[name]!).sort()).toEqual([...known].sort()));
