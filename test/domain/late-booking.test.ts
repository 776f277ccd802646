import { readFileSync } from 'node:fs';
import path from 'node:path';
import { obligations } from '../../decisions/points/obligations';
import { planObligations, type PlanRecipient, type PlanStep } from '../../domain/plan';
import { compilePolicy } from '../../policy/compile';
import { evaluate } from '../../policy/evaluate';
import type { PolicyDocument } from '../../policy/types';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const file = path.join(__dirname, '../../rules/policies/obligations.json');
const shipped = compilePolicy('obligations.json', JSON.parse(readFileSync(file, 'utf8')) as PolicyDocument, obligations);
const startsAt = Date.parse('2027-06-10T14:00:00Z');
const everyone: PlanRecipient[] = (['student', 'guardian', 'instructor', 'coordinator'] as const).map((role) => ({
  personId: role,
  role,
  aboutId: role === 'guardian' ? 'student' : null,
  zone: 'UTC',
  quiet: null,
  channels: ['email'],
}));

const stepsOf = (event: string, notice: number): PlanStep[] =>
  (evaluate(shipped, { event, isTrial: false, students: 1, notice }).outcome as unknown as PlanStep[]).map((s) => ({ ...s, decisionId: 'd' }));

/** What the shipped rules make each person be owed: "kind" when it is sent at once, "kind in 90m" when later. */
function owed(lead: number, bookedBefore = 0): Record<string, string[]> {
  const asOf = startsAt - lead;
  const steps = [...stepsOf('booked', lead), ...(bookedBefore > 0 ? stepsOf('rescheduled', lead) : [])];
  const instants = { bookedAt: asOf - bookedBefore, roomAt: Math.max(asOf, startsAt - 24 * HOUR), startsAt, endsAt: startsAt + HOUR, eventAt: asOf };
  const sent = planObligations({ steps, instants, recipients: everyone, asOf }).filter((p) => p.state === 'planned');
  const text = (kind: string, dueAt: number): string => (dueAt === asOf ? kind : `${kind} in ${(dueAt - asOf) / MINUTE}m`);
  return Object.fromEntries(
    everyone.map(({ personId }) => [
      personId,
      sent
        .filter((p) => p.personId === personId)
        .sort((a, b) => a.dueAt - b.dueAt || a.kind.localeCompare(b.kind))
        .map((p) => text(p.kind, p.dueAt)),
    ]),
  );
}

test.each<[string, number, string[], string[]]>([
  [
    '3 days',
    72 * HOUR,
    ['confirmation', 'credential in 2880m', 'reminder in 2880m', 'reminder in 4260m'],
    ['assignment', 'briefing in 2880m', 'credential in 2880m', 'reminder in 4260m'],
  ],
  [
    'a minute more than a day',
    24 * HOUR + MINUTE,
    ['confirmation', 'credential in 1m', 'reminder in 1m', 'reminder in 1381m'],
    ['assignment', 'briefing in 1m', 'credential in 1m', 'reminder in 1381m'],
  ],
  ['20 hours', 20 * HOUR, ['confirmation', 'credential', 'reminder in 1140m'], ['assignment', 'briefing', 'credential', 'reminder in 1140m']],
  ['5 hours', 5 * HOUR, ['confirmation', 'credential', 'reminder in 240m'], ['assignment', 'briefing', 'credential', 'reminder in 240m']],
  ['90 minutes', 90 * MINUTE, ['confirmation', 'credential', 'reminder in 30m'], ['assignment', 'briefing', 'credential', 'reminder in 30m']],
  ['50 minutes', 50 * MINUTE, ['confirmation', 'credential'], ['assignment', 'briefing', 'credential']],
  ['30 minutes', 30 * MINUTE, ['confirmation', 'credential'], ['assignment', 'briefing', 'credential']],
  ['one minute', MINUTE, ['confirmation', 'credential'], ['assignment', 'briefing', 'credential']],
])('a lesson booked %s ahead says its time once at once, and reminds of it later only', (_name, lead, family, instructor) => {
  expect(owed(lead)).toEqual({ student: family, guardian: family, instructor, coordinator: [] });
});

test.each<[string, number, string[]]>([
  ['3 days', 72 * HOUR, ['change', 'credential in 2880m', 'reminder in 2880m', 'reminder in 4260m']],
  ['5 hours', 5 * HOUR, ['change', 'credential', 'reminder in 240m']],
  ['30 minutes', 30 * MINUTE, ['change', 'credential']],
])('a lesson moved to %s ahead, long after it was booked, says its new time once at once', (_name, lead, family) => {
  expect(owed(lead, 30 * 24 * HOUR)).toMatchObject({ student: family, guardian: family });
});
