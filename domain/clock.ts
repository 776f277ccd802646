/**
 * One business clock an installation. It is real by default; tests and simulations run one that is faster, so that shipped
 * policies run unscaled. Pure arithmetic, safe in workflows.
 */
export interface BusinessClock {
  originRealMs: number;
  originBusinessMs: number;
  /** Business seconds in a real second. */
  rate: number;
}

export const REAL_CLOCK: BusinessClock = { originRealMs: 0, originBusinessMs: 0, rate: 1 };

export const businessNow = (clock: BusinessClock, realMs: number): number =>
  Math.round(clock.originBusinessMs + (realMs - clock.originRealMs) * clock.rate);

/** Real milliseconds that pass while `businessMs` do. */
export const realDelay = (clock: BusinessClock, businessMs: number): number => businessMs / clock.rate;
