import { dayOnWall } from './time';

const EVERY: Record<string, [one: string, many: string]> = {
  DAILY: ['day', 'days'],
  WEEKLY: ['week', 'weeks'],
  MONTHLY: ['month', 'months'],
  YEARLY: ['year', 'years'],
};
const DAYS: Record<string, string> = { MO: 'Monday', TU: 'Tuesday', WE: 'Wednesday', TH: 'Thursday', FR: 'Friday', SA: 'Saturday', SU: 'Sunday' };

const list = (words: string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
const partsOf = (rrule: string): Map<string, string> => new Map(rrule.split(';').map((part) => part.split('=') as [string, string]));

/** "every 2 weeks on Monday and Thursday, until Wed, 31 Mar 2027"; a rule with parts that have no words here as it is written. */
export function ruleInWords(rrule: string): string {
  const parts = partsOf(rrule);
  const every = EVERY[parts.get('FREQ') ?? ''];
  const days = (parts.get('BYDAY') ?? '').split(',').filter((day) => day !== '');
  const isPlain = [...parts.keys()].every((key) => ['FREQ', 'INTERVAL', 'BYDAY', 'COUNT', 'UNTIL', 'WKST'].includes(key));
  if (!every || !isPlain || days.some((day) => !DAYS[day])) return rrule;
  const interval = Number(parts.get('INTERVAL') ?? 1);
  const how = interval === 1 ? `every ${every[0]}` : `every ${interval} ${every[1]}`;
  const on = days.length === 0 ? '' : ` on ${list(days.map((day) => DAYS[day]!))}`;
  const until = /^(\d{4})(\d\d)(\d\d)/.exec(parts.get('UNTIL') ?? '');
  const end = until ? `, until ${dayOnWall(`${until[1]}-${until[2]}-${until[3]}`)}` : parts.has('COUNT') ? `, ${parts.get('COUNT')} times` : '';
  return how + on + end;
}

/** The same rule with another last day (2027-03-31), which belongs to it. */
export function endingOn(rrule: string, day: string): string {
  const kept = rrule.split(';').filter((part) => !/^(COUNT|UNTIL)=/.test(part));
  return [...kept, `UNTIL=${day.replace(/-/g, '')}`].join(';');
}
