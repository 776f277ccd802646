import { planObligations, type PlanRecipient, type PlanStep } from '../../domain/plan';

const HOUR = 3_600_000;
const start = Date.parse('2027-06-10T14:00:00Z');
const person: PlanRecipient = { personId: 'p', role: 'guardian', aboutId: 's', zone: 'UTC', quiet: null, channels: ['email'] };
const step = (over: Partial<PlanStep>): PlanStep => ({
  kind: 'reminder',
  step: 'day-before',
  to: 'guardian',
  channel: 'email',
  anchor: 'start',
  offset: -24 * HOUR,
  deadline: 12 * HOUR,
  quiet: 'respect',
  template: 'reminder',
  collapse: 'reminder',
  decisionId: 'd',
  ...over,
});
const steps = [
  step({ kind: 'confirmation', step: 'confirmation', anchor: 'booking', offset: 0, deadline: 24 * HOUR, collapse: undefined as never }),
  step({}),
  step({ step: 'hour-before', offset: -HOUR, deadline: HOUR }),
];
const plan = (asOf: number, people = [person], list = steps, bookedAt = asOf) =>
  planObligations({
    steps: list,
    recipients: people,
    asOf,
    instants: { bookedAt, roomAt: start - 24 * HOUR, startsAt: start, endsAt: start + HOUR, eventAt: asOf },
  });
const brief = (rows: ReturnType<typeof plan>) => Object.fromEntries(rows.map((r) => [r.step, r.reason ?? new Date(r.dueAt).toISOString()]));

test('an early booking lays down every step at its time', () => {
  expect(brief(plan(start - 72 * HOUR))).toEqual({
    confirmation: '2027-06-07T14:00:00.000Z',
    'day-before': '2027-06-09T14:00:00.000Z',
    'hour-before': '2027-06-10T13:00:00.000Z',
  });
});

test.each([
  ['an afternoon before', start - 20 * HOUR, 'collapsed-into-confirmation', '2027-06-10T13:00:00.000Z'],
  ['ten minutes before', start - HOUR / 6, 'too-late', 'collapsed-into-confirmation'],
])('a booking %s says it once', (_name, asOf, dayBefore, hourBefore) => {
  const rows = brief(plan(asOf));
  expect(rows['day-before']).toBe(dayBefore);
  expect(rows['hour-before']).toBe(hourBefore);
});

test('of two past reminders without a confirmation only the later one is sent', () => {
  const rows = plan(start - HOUR / 2, [person], [step({ deadline: 24 * HOUR }), step({ step: 'hour-before', offset: -HOUR, deadline: HOUR })]);
  expect(rows.map((r) => r.reason)).toEqual(['collapsed-into-later', null]);
});

test('quiet hours put a reminder off, but not past its deadline', () => {
  const quiet = { from: '12:30', to: '15:00' };
  const [late] = plan(start - 72 * HOUR, [{ ...person, quiet }], [step({ step: 'hour-before', offset: -HOUR, deadline: HOUR })]);
  expect(new Date(late!.dueAt).toISOString()).toBe('2027-06-10T12:29:00.000Z');
  const [waits] = plan(start - 72 * HOUR, [{ ...person, quiet }], [step({ deadline: 12 * HOUR })]);
  expect(new Date(waits!.dueAt).toISOString()).toBe('2027-06-09T15:00:00.000Z');
});

test('each recipient by their own zone', () => {
  const quiet = { from: '21:00', to: '08:00' };
  const rows = plan(
    start - 72 * HOUR,
    [
      { ...person, quiet, zone: 'Asia/Tokyo' },
      { ...person, personId: 'q', quiet, zone: 'America/New_York' },
    ],
    [step({})],
  );
  expect(rows.map((r) => new Date(r.dueAt).toISOString())).toEqual(['2027-06-09T23:00:00.000Z', '2027-06-09T14:00:00.000Z']);
});

test.each([
  [['email'], 'sms', 'email', 'sms'],
  [['sms'], 'sms', 'sms', 'email'],
  [['sms', 'email'], 'sms', 'sms', 'email'],
  [['email', 'sms'], 'sms', 'email', 'sms'],
  [['sms'], undefined, 'email', null],
] as const)('of the channels a step allows, %j are tried in that order', (channels, fallback, first, second) => {
  const [row] = plan(start - 72 * HOUR, [{ ...person, channels }], [step({ channel: 'email', ...(fallback && { fallback }) })]);
  expect([row!.channel, row!.fallback]).toEqual([first, second]);
});

test('who is never out of quiet hours in time is told when it is due', () => {
  const quiet = { from: '00:00', to: '23:59' };
  const [row] = plan(start - HOUR, [{ ...person, quiet }], [step({ step: 'hour-before', offset: -HOUR / 2, deadline: HOUR / 4 })]);
  expect(row!.dueAt).toBe(start - HOUR / 2);
});
