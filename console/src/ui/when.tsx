import { clockIn, fullMoment, moment, relative, zoneName } from '../lib/time';

/** A time of the viewer's own zone; the whole of it in the title. */
export const When = ({ at, zone = false }: { at: string; zone?: boolean }) => (
  <time dateTime={at} title={fullMoment(at)}>
    {moment(at)}
    {zone && ` ${zoneName(at)}`}
  </time>
);

export const Deadline = ({ at }: { at: string }) => (
  <>
    {relative(at)} (<When at={at} zone />)
  </>
);

/** The same instant on somebody else's wall; nothing where that shows the same. */
export function There({ at, zone }: { at: string; zone: string }) {
  const there = clockIn(at, zone);
  return there === null ? null : <time dateTime={at}>{there}</time>;
}
