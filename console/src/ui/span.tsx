import { dayOnWall } from '../lib/time';
import { When } from './when';

interface Props {
  of: { from: string; to: string; zone: string | null; fromDay: string | null; toDay: string | null };
}

/** A closed time: its whole days where it is those, in whose zone they are, else from when to when on the reader's own clock. */
export function Span({ of: { from, to, zone, fromDay, toDay } }: Props) {
  if (zone === null || fromDay === null || toDay === null) {
    return (
      <>
        <When at={from} zone /> to <When at={to} zone />
      </>
    );
  }
  return (
    <>
      {fromDay === toDay ? dayOnWall(fromDay) : `${dayOnWall(fromDay)} to ${dayOnWall(toDay)}`}, whole days in {zone.replace(/_/g, ' ')}
    </>
  );
}
