import { matchPlan, type ExistingObligation } from '../../domain/match-plan';
import type { PlannedObligation } from '../../domain/plan';

const HOUR = 3_600_000;
const start = Date.parse('2027-06-10T14:00:00Z');
const planned = (over: Partial<PlannedObligation> = {}): PlannedObligation => ({
  personId: 'p',
  aboutId: 's',
  kind: 'reminder',
  step: 'day-before',
  anchorAt: start,
  channel: 'email',
  fallback: null,
  template: 'reminder',
  wantedAt: start - 24 * HOUR,
  dueAt: start - 24 * HOUR,
  deadlineAt: start - 12 * HOUR,
  state: 'planned',
  reason: null,
  collapse: 'reminder',
  decisionId: 'd',
  ...over,
});
const row = (over: Partial<ExistingObligation> = {}, of: PlannedObligation = planned()): ExistingObligation => ({
  ...of,
  id: 'o',
  anchorAt: new Date(of.anchorAt),
  dueAt: new Date(of.dueAt),
  deadlineAt: new Date(of.deadlineAt),
  ...over,
});
const brief = (m: ReturnType<typeof matchPlan>): Record<string, number> =>
  Object.fromEntries(Object.entries(m).flatMap(([name, list]) => ((list as unknown[]).length > 0 ? [[name, (list as unknown[]).length]] : [])));

test('a moved lesson owes its reminders again and keeps what was delivered', () => {
  const confirmation = planned({ kind: 'confirmation', step: 'confirmation', anchorAt: 1 });
  const matched = matchPlan([row({}), row({ id: 'c', state: 'delivered' }, confirmation)], [confirmation, planned({ anchorAt: start + HOUR })]);
  expect(brief(matched)).toEqual({ insert: 1, suppress: 1, keep: 1 });
  expect(matched.suppress[0]!.existing.id).toBe('o');
});

test.each(['session-moved', 'rules-changed', 'people-changed'])('a row taken back because %s is revived when it is wanted again', (reason) => {
  expect(brief(matchPlan([row({ state: 'suppressed', reason })], [planned()]))).toEqual({ update: 1 });
});

test.each([
  ['suppressed', 'session-cancelled'],
  ['suppressed', 'collapsed-into-confirmation'],
  ['suppressed', 'no-longer-entitled'],
  ['suppressed', 'too-late'],
  ['delivered', null],
  ['failed-over', null],
  ['claimed', null],
  ['in-doubt', 'session-moved'],
  ['held', null],
  ['missed', 'too-late'],
] as const)('one that is %s (%s) is not', (state, reason) => {
  expect(brief(matchPlan([row({ state, reason })], [planned()]))).toEqual({ keep: 1 });
});

test('a taken-back row stays taken back while the plan does not send it', () => {
  const matched = matchPlan([row({ state: 'suppressed', reason: 'session-moved' })], [planned({ state: 'suppressed', reason: 'too-late' })]);
  expect(brief(matched)).toEqual({ keep: 1 });
});

test.each([
  ['due time', { dueAt: start - 20 * HOUR }],
  ['deadline', { deadlineAt: start - 6 * HOUR }],
  ['template', { template: 'reminder-new' }],
  ['channel', { channel: 'sms' as const }],
  ['fallback', { fallback: 'sms' as const }],
])('another %s reaches a planned row, and none that is being sent', (_what, over) => {
  expect(brief(matchPlan([row()], [planned(over)]))).toEqual({ update: 1 });
  expect(brief(matchPlan([row({ state: 'claimed' })], [planned(over)]))).toEqual({ keep: 1 });
});

test('a row that has failed over stays on the channel that took over', () => {
  const of = planned({ fallback: 'sms' });
  expect(brief(matchPlan([row({ channel: 'sms', reason: 'failing-over' }, of)], [of]))).toEqual({ keep: 1 });
});

test('what the plan collapses is suppressed for the reason the plan gives', () => {
  const matched = matchPlan([row()], [planned({ state: 'suppressed', reason: 'collapsed-into-change' })]);
  expect(matched.suppress).toMatchObject([{ reason: 'collapsed-into-change' }]);
});

test.each(['claimed', 'in-doubt', 'delivered', 'failed-over', 'held'] as const)('a row that is %s is never taken back', (state) => {
  expect(brief(matchPlan([row({ state })], []))).toEqual({ leave: 1 });
});
