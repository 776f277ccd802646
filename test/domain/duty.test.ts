import { isOnDuty, onDutyOf, type Shift } from '../../domain/duty';
import { planObligations, type PlanRecipient, type PlanStep } from '../../domain/plan';

const shift = (more: Partial<Shift>): Shift => ({ kind: 'on', weekday: null, onDate: null, fromClock: '08:00', toClock: '16:00', ...more });
const weekday = (day: number, from: string, to: string): Shift => shift({ weekday: day, fromClock: from, toClock: to });

describe('who is on duty', () => {
  test.each<[string, string, Shift[], string, boolean]>([
    ['on a Monday at eight', 'Europe/Berlin', [weekday(1, '08:00', '16:00')], '2026-01-05T07:00Z', true],
    ['not a minute before', 'Europe/Berlin', [weekday(1, '08:00', '16:00')], '2026-01-05T06:59Z', false],
    ['not at its end', 'Europe/Berlin', [weekday(1, '08:00', '16:00')], '2026-01-05T15:00Z', false],
    ['by their own wall, not ours', 'America/New_York', [weekday(1, '08:00', '16:00')], '2026-01-05T07:00Z', false],
    ['in summer an hour earlier', 'Europe/Berlin', [weekday(1, '08:00', '16:00')], '2026-07-06T06:00Z', true],
    ['through the night, before midnight', 'UTC', [weekday(1, '22:00', '06:00')], '2026-01-05T23:00Z', true],
    ['through the night, after it', 'UTC', [weekday(1, '22:00', '06:00')], '2026-01-06T05:59Z', true],
    ['and not the night after', 'UTC', [weekday(1, '22:00', '06:00')], '2026-01-06T23:00Z', false],
    ['Sunday night into Monday', 'UTC', [weekday(7, '22:00', '06:00')], '2026-01-05T01:00Z', true],
    ['in the hour that a spring night leaves out, at its jump', 'Europe/Berlin', [weekday(7, '02:30', '04:00')], '2026-03-29T01:00Z', true],
    ['to the end of the day', 'UTC', [weekday(1, '00:00', '24:00')], '2026-01-05T23:59Z', true],
    ['on one date', 'UTC', [shift({ onDate: '2026-01-07' })], '2026-01-07T09:00Z', true],
    ['and on no other', 'UTC', [shift({ onDate: '2026-01-07' })], '2026-01-14T09:00Z', false],
    ['not on a day off', 'UTC', [weekday(1, '08:00', '16:00'), shift({ kind: 'off', onDate: '2026-01-05' })], '2026-01-05T09:00Z', false],
  ])('%s', (_name, zone, shifts, at, isOn) => {
    expect(isOnDuty({ zone, shifts }, Date.parse(at))).toBe(isOn);
  });

  test('where nobody is, everybody is', () => {
    const [a, b] = [
      { zone: 'UTC', shifts: [weekday(1, '08:00', '12:00')] },
      { zone: 'UTC', shifts: [] },
    ];
    const at = (text: string) =>
      onDutyOf(
        [a, b],
        (c) => c,
        () => Date.parse(text),
      );
    expect(at('2026-01-05T09:00Z')).toEqual([a]);
    expect(at('2026-01-05T13:00Z')).toEqual([a, b]);
  });
});

test('a message to coordinators goes to who is on duty when it is due; others are not asked when they work', () => {
  const person = (personId: string, role: PlanRecipient['role'], duty: PlanRecipient['duty']): PlanRecipient => ({
    personId,
    role,
    aboutId: null,
    zone: 'UTC',
    quiet: null,
    channels: ['email'],
    duty,
  });
  const step = (to: PlanRecipient['role'], offset: number): PlanStep => ({
    kind: 'review',
    step: `${to}${offset}`,
    to,
    channel: 'email',
    anchor: 'event',
    offset,
    deadline: 3_600_000,
    quiet: 'ignore',
    template: 't',
    decisionId: 'd',
  });
  const now = Date.parse('2026-01-05T09:00Z');
  const planned = planObligations({
    steps: [step('coordinator', 0), step('coordinator', 5 * 3_600_000), step('coordinator', 12 * 3_600_000), step('reviewer', 0)],
    instants: { bookedAt: now, roomAt: now, startsAt: now, endsAt: now, eventAt: now },
    recipients: [
      person('early', 'coordinator', { zone: 'UTC', shifts: [weekday(1, '08:00', '12:00')] }),
      person('late', 'coordinator', { zone: 'UTC', shifts: [weekday(1, '12:00', '18:00')] }),
      person('instructor', 'reviewer', null),
    ],
    asOf: now,
  });
  expect(planned.map((o) => [o.step, o.personId])).toEqual([
    ['coordinator0', 'early'],
    ['coordinator18000000', 'late'],
    ['coordinator43200000', 'early'],
    ['coordinator43200000', 'late'],
    ['reviewer0', 'instructor'],
  ]);
});
