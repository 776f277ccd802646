import type { HeldStepDetail } from '../api/client';
import { zoneTitle } from './fields';
import { timeAt } from './time';
import { optionTitle } from './words';

interface OtherTime {
  option: string;
  startsAt: string;
}

/** What a button does, told by what the step shows: which time is taken, which zone it is. */
export function optionOf({ kind, shown }: Pick<HeldStepDetail, 'kind' | 'shown'>, option: string): string {
  // Of a step about somebody's zone each option is one, such as America/New_York.
  if (kind === 'zone' && option.includes('/')) return zoneTitle(option);
  const { alternatives } = (shown ?? {}) as { alternatives?: unknown };
  const time = Array.isArray(alternatives) ? (alternatives as OtherTime[]).find((a) => a.option === option) : undefined;
  return time ? `Take ${timeAt(time.startsAt)}` : optionTitle(option);
}
