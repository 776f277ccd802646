import type { BusinessClock } from '../../domain/clock';

/** What starts a filling: ids and the installation's clock, nothing about a person. */
export interface FillSeriesInput {
  organisationId: string;
  clock: BusinessClock;
  /** Those that somebody has asked for (a new series, an edit), or all: the horizon moves on by itself. */
  which: 'asked' | 'all';
}

export const FILL_WORKFLOW = 'fillSeries';
/** One Temporal Schedule an organisation: a series more or less, or one that is edited, changes nothing in Temporal. */
export const scheduleIdFor = (organisationId: string): string => `series/${organisationId}`;
export const fillWorkflowIdFor = (organisationId: string, which: FillSeriesInput['which']): string => `series/${organisationId}/${which}`;
