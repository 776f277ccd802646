import { money } from '../lib/money';
import { duration, fullMoment } from '../lib/time';
import { phrase } from '../lib/words';
import { useNames } from './names';

const isBranch = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';
/** Facts that the rules count in milliseconds. */
const DURATIONS = ['lateBy', 'notice', 'length', 'untilStart', 'offset', 'deadline', 'again'];

interface Field {
  name: string;
  value: unknown;
  among: Record<string, unknown>;
}

function Value({ name, value, among }: Field) {
  const names = useNames();
  if (value === null || value === undefined) return <>–</>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (typeof value === 'number' && DURATIONS.includes(name)) return <>{duration(value)}</>;
  if (typeof value === 'number' && name.endsWith('Minor') && typeof among.currency === 'string') return <>{money(value, among.currency)}</>;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return <time dateTime={value}>{fullMoment(value)}</time>;
  if (Array.isArray(value) && value.every((v) => !isBranch(v)))
    return <>{value.length === 0 ? '–' : value.map((v) => names.get(String(v)) ?? v).join(', ')}</>;
  if (isBranch(value)) return <ShownFacts shown={value} />;
  return <bdi>{names.get(String(value)) ?? String(value as string | number)}</bdi>;
}

const LABELS: Record<string, string> = { personId: 'Who', studentId: 'Student', instructorId: 'Instructor' };

/** An amount of money shows its currency itself. */
function entriesOf(shown: Record<string, unknown>): [string, unknown][] {
  const hasMoney = Object.keys(shown).some((key) => key.endsWith('Minor'));
  return Object.entries(shown).filter(([key]) => !(key === 'currency' && hasMoney));
}

/** What a step is about, whatever its kind. */
export function ShownFacts({ shown }: { shown: unknown }) {
  const names = useNames();
  if (!isBranch(shown)) return <Value name="" value={shown} among={{}} />;
  const label = (key: string): string => names.get(key) ?? LABELS[key] ?? phrase(key.replace(/Minor$/, ''));
  return (
    <dl className="facts">
      {entriesOf(shown).map(([key, value]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt>
            <bdi>{label(key)}</bdi>
          </dt>
          <dd>
            <Value name={key} value={value} among={shown} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
