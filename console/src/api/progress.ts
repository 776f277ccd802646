import type { Batch } from './client';

/** How often something is asked for that is under way. */
export const UNDER_WAY_MS = 2_000;
export const isUnderWay = (batches: readonly Pick<Batch, 'state'>[]): boolean => batches.some((b) => b.state === 'running');
