import type { Locator } from 'playwright-core';
import type { Lectern } from '../support/lectern';
import type { LaunchedBrowser } from './browser';
import { Visitor, type VisitorOptions } from './visitor';

/** A zone where it is early morning now: the clock under test runs five minutes a second, and today must last. */
function morningZone(lectern: Lectern): string {
  const offset = ((4 - lectern.now().getUTCHours() + 36) % 24) - 12;
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** A browser of somebody's own, by `url` or straight to the Lectern under test. */
export const visit = (lectern: Lectern, { browser }: LaunchedBrowser, options: VisitorOptions = {}, url: string = lectern.at.url): Promise<Visitor> =>
  Visitor.of(browser, url, { timezoneId: morningZone(lectern), ...options });

export const shown = (locator: Locator): Promise<void> => locator.first().waitFor();
/** There, though perhaps in a list that is folded: others have sessions today as well. */
export const listed = (locator: Locator): Promise<void> => locator.first().waitFor({ state: 'attached' });
