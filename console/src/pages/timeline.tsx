import { Anchor, Text } from '@mantine/core';
import type { TimelineEntry } from '../api/client';
import { useNamesOf } from '../api/people';
import { useIsStaff } from '../api/queries';
import { fold } from '../lib/fold';
import { money } from '../lib/money';
import { toHeldStep } from '../lib/route';
import { clockWithSeconds, dayIn, dayName, fullMoment, ownZone, timeAt } from '../lib/time';
import { STEP_KINDS, eventTitle, optionTitle, owedTitle, phrase, said } from '../lib/words';
import { DecisionOnDemand } from '../ui/decision';
import { Names, useNames } from '../ui/names';
import { Empty } from '../ui/states';

type Data = Record<string, unknown>;
const HIDDEN = /^(id|amountMinor|currency)$|Id$/;
/** What is said first; the rest has no order of its own. */
const FIRST = ['incident', 'from'];
/** Under what an event names somebody. */
const PEOPLE = ['personId', 'subjectId', 'joined', 'left', 'answeredBy'];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What is not so need not be said. */
const isPlain = (value: unknown): value is string | number | true => value === true || ['string', 'number'].includes(typeof value);
const dataOf = (entry: TimelineEntry): Data => (entry.data ?? {}) as Data;
const isMessage = (entry: TimelineEntry): boolean => entry.kind.startsWith('message.');

function valueOf(kind: string, key: string, value: string | number | true): string {
  if (value === true) return phrase(key).toLowerCase();
  if (typeof value === 'number') return `${phrase(key).toLowerCase()}: ${value}`;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return `${key === 'startsAt' ? 'to' : phrase(key).toLowerCase()} ${timeAt(value)}`;
  if (key === 'step') return ((/^held/.test(kind) && STEP_KINDS[value]) || phrase(value)).toLowerCase();
  if (key === 'decision') return `“${optionTitle(value).toLowerCase()}”`;
  return said(key, value);
}

type NamesById = ReadonlyMap<string, string>;
/** An id tells a reader nothing: who is behind it does, and whoever is not known here is left out. */
function worded(entry: TimelineEntry, [key, value]: [string, unknown], names: NamesById): string[] {
  if (!isPlain(value)) return [];
  if (typeof value !== 'string' || !ID.test(value)) return [valueOf(entry.kind, key, value)];
  const name = names.get(value);
  return name === undefined ? [] : [`${phrase(key).toLowerCase()}: ${name}`];
}

/** What is worth saying of an entry's data besides the person: only plain values, and each once. */
function details(entry: TimelineEntry, names: NamesById): string {
  const { kind, step, ...rest } = dataOf(entry);
  const isOwed = isMessage(entry) && typeof kind === 'string' && typeof step === 'string';
  const data: Data = isOwed ? { owed: owedTitle({ kind, step }).toLowerCase(), ...rest } : dataOf(entry);
  const isMoved = data.from !== data.to;
  const shown = Object.entries(data)
    .filter(([key, value]) => !HIDDEN.test(key) && !(key === 'step' && value === data.kind) && (isMoved || (key !== 'from' && key !== 'to')))
    .sort(([a], [b]) => Number(FIRST.includes(b)) - Number(FIRST.includes(a)));
  const amount = typeof data.amountMinor === 'number' && data.amountMinor > 0 ? [money(data.amountMinor, String(data.currency))] : [];
  return [...new Set([...amount, ...shown.flatMap((one) => worded(entry, one, names))])].join(', ');
}

const Clock = ({ at }: { at: string }) => (
  <time dateTime={at} title={fullMoment(at)}>
    {clockWithSeconds(at)}
  </time>
);

function Entry({ entry, sessionId }: { entry: TimelineEntry; sessionId: string }) {
  const data = dataOf(entry);
  const names = useNames();
  const who = names.get(String(data.personId ?? data.subjectId));
  const more = details(entry, names);
  return (
    <li>
      <Clock at={entry.at} />
      <div>
        <Text component="div">
          <strong>{eventTitle(entry.kind)}</strong>
          {(who ?? more) && ' – '}
          {who && <bdi>{who}</bdi>}
          {who && more && ', '}
          {more}{' '}
          {!['lectern', 'participant'].includes(entry.actor.id) && entry.actor.name !== 'Lectern' && (
            <Text size="sm" c="dimmed" span>
              by <bdi>{entry.actor.name}</bdi>
            </Text>
          )}
        </Text>
        {typeof data.heldStepId === 'string' && (
          <Anchor size="sm" href={toHeldStep(data.heldStepId)}>
            To the step
          </Anchor>
        )}
        {entry.decision && <DecisionOnDemand decision={entry.decision} sessionId={sessionId} />}
      </div>
    </li>
  );
}

/** "confirmation 2, briefing 1": how many of each kind of message. */
function kindsOf(entries: TimelineEntry[]): string {
  const counts = new Map<string, number>();
  for (const { data } of entries) {
    const kind = String((data as Data).kind);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${phrase(kind).toLowerCase()} ${count}`).join(', ');
}

/** Many entries alike: their first time, how many, and each of them on demand. */
function Alike({ entries, sessionId }: { entries: TimelineEntry[]; sessionId: string }) {
  const [first] = entries;
  const names = useNames();
  const more = isMessage(first!) ? kindsOf(entries) : details(first!, names);
  return (
    <li>
      <Clock at={first!.at} />
      <details>
        <summary>
          <strong>{eventTitle(first!.kind)}</strong>, {entries.length} times{more && ` – ${more}`}
        </summary>
        <ol className="plain timeline">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} sessionId={sessionId} />
          ))}
        </ol>
      </details>
    </li>
  );
}

/** Entries by day of the reader, because a booking is often weeks before its lesson. */
function byDay(entries: TimelineEntry[]): TimelineEntry[][] {
  const days = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const day = dayIn(new Date(entry.at), ownZone());
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days.values()];
}

/** What went out in one minute is one thing that happened, whatever it was. */
const signatureOf =
  (names: NamesById) =>
  (entry: TimelineEntry): string =>
    isMessage(entry) ? `${entry.kind} ${entry.at.slice(0, 16)}` : `${entry.kind} ${details(entry, names)}`;

/** Who is named by id in these. */
const namedIn = (entries: readonly TimelineEntry[]): string[] =>
  entries.flatMap((entry) =>
    Object.entries(dataOf(entry)).flatMap(([key, value]) => (PEOPLE.includes(key) && typeof value === 'string' ? [value] : [])),
  );

/** Also of whom is on the lesson no more, or waits for a place: coordinators may read who everybody is. */
export function Timeline({ entries, sessionId }: { entries: TimelineEntry[]; sessionId: string }) {
  const known = useNames();
  const unknown = namedIn(entries).filter((id) => !known.has(id));
  const others = useNamesOf(useIsStaff() ? unknown : []);
  return (
    <Names of={new Map([...others, ...known])}>
      <Days entries={entries} sessionId={sessionId} />
    </Names>
  );
}

function Days({ entries, sessionId }: { entries: TimelineEntry[]; sessionId: string }) {
  const names = useNames();
  if (entries.length === 0) return <Empty>Nothing has happened yet.</Empty>;
  return (
    <div className="card">
      {byDay(entries).map((day) => (
        <section key={day[0]!.id} aria-label={dayName(day[0]!.at)}>
          <Text size="sm" c="dimmed" pt={6}>
            {dayName(day[0]!.at)}
          </Text>
          <ol className="plain timeline">
            {fold(day, signatureOf(names)).map(({ items }) =>
              items.length === 1 ? (
                <Entry key={items[0]!.id} entry={items[0]!} sessionId={sessionId} />
              ) : (
                <Alike key={items[0]!.id} entries={items} sessionId={sessionId} />
              ),
            )}
          </ol>
        </section>
      ))}
    </div>
  );
}
