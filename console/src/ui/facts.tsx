import { fieldTitle, fieldsOf, wordOf } from '../lib/fields';
import { money } from '../lib/money';
import { clock, duration, fullMoment, timeAt, zoneName } from '../lib/time';
import { useNames } from './names';

type Fields = Record<string, unknown>;
const isBranch = (value: unknown): value is Fields => value !== null && typeof value === 'object';
/** Facts that the rules count in milliseconds. */
const DURATIONS = [
  'lateBy',
  'notice',
  'length',
  'untilStart',
  'offset',
  'deadline',
  'again',
  'instructorThereFor',
  'remaining',
  'timeLeft',
  'left',
  'searchedFor',
  'closedFor',
  'movedBy',
];

interface Field {
  name: string;
  value: unknown;
  among: Fields;
}

/** A time from start to end: "Fri, 18 Dec, 08:30–09:30 CET". */
const isSpan = (value: Fields): value is Fields & { startsAt: string; endsAt: string } =>
  typeof value.startsAt === 'string' && typeof value.endsAt === 'string' && /Z$/.test(value.startsAt) && /Z$/.test(value.endsAt);

/** One of many alike on a line of its own: "Ann Invented: declined, offered at Tue, 1 Dec, 10:00". */
function Line({ of }: { of: Fields }) {
  const names = useNames();
  if (isSpan(of)) {
    return (
      <time dateTime={of.startsAt}>
        {timeAt(of.startsAt)}–{clock(of.endsAt)} {zoneName(of.startsAt)}
      </time>
    );
  }
  const [first, ...rest] = fieldsOf(of, names);
  if (!first) return <>somebody who is no longer known</>;
  return (
    <>
      <Value name={first[0]} value={first[1]} among={of} />
      {rest.map(([key, value], n) => (
        <span key={key}>
          {n === 0 ? ': ' : ', '}
          {typeof value === 'string' && !/Z$/.test(value) ? null : `${fieldTitle(key).toLowerCase()} `}
          <Value name={key} value={value} among={of} />
        </span>
      ))}
    </>
  );
}

/** As many as show at once, where there are clearly more. */
const FIRST_LINES = 6;

function Lines({ of }: { of: Fields[] }) {
  const list = (some: Fields[]) => (
    <ul className="plain">
      {some.map((item, n) => (
        <li key={n}>
          <Line of={item} />
        </li>
      ))}
    </ul>
  );
  if (of.length <= FIRST_LINES + 2) return list(of);
  return (
    <>
      {list(of.slice(0, FIRST_LINES))}
      <details>
        <summary>{of.length - FIRST_LINES} more</summary>
        {list(of.slice(FIRST_LINES))}
      </details>
    </>
  );
}

function Value({ name, value, among }: Field) {
  const names = useNames();
  if (value === null || value === undefined) return <>–</>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (typeof value === 'number' && DURATIONS.includes(name)) return <>{duration(value)}</>;
  if (typeof value === 'number' && name.endsWith('Minor') && typeof among.currency === 'string') return <>{money(value, among.currency)}</>;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return <time dateTime={value}>{fullMoment(value)}</time>;
  if (Array.isArray(value)) {
    if (!value.some(isBranch)) return <>{value.map((v) => names.get(String(v)) ?? wordOf(name, String(v))).join(', ') || '–'}</>;
    return <Lines of={value as Fields[]} />;
  }
  if (isBranch(value)) return <ShownFacts shown={value} />;
  return <bdi>{names.get(String(value)) ?? wordOf(name, String(value as string | number))}</bdi>;
}

/** What a step is about, whatever its kind. */
export function ShownFacts({ shown }: { shown: unknown }) {
  const names = useNames();
  if (!isBranch(shown) || Array.isArray(shown)) return <Value name="" value={shown} among={{}} />;
  return (
    <dl className="facts">
      {fieldsOf(shown, names).map(([key, value]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt>
            <bdi>{names.get(key) ?? fieldTitle(key)}</bdi>
          </dt>
          <dd>
            <Value name={key} value={value} among={shown} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
