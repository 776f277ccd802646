import { Text } from '@mantine/core';
import type { Line } from '../lib/plan';

/** As many as show without being asked for. */
const MOST_AT_ONCE = 6;

const List = ({ lines }: { lines: readonly Line[] }) => (
  <ul className="lot">
    {lines.map(({ id, says }) => (
      <li key={id}>
        <Text size="sm" dir="auto">
          {says}
        </Text>
      </li>
    ))}
  </ul>
);

/** Lines under a heading of their own, many of them on demand; `none` is said where there are none. */
export function Lot({ title, lines, none }: { title: string; lines: readonly Line[]; none?: string }) {
  if (lines.length === 0) return none ? <Text size="sm">{none}</Text> : null;
  if (lines.length > MOST_AT_ONCE) {
    return (
      <details>
        <summary>
          {title}: {lines.length}
        </summary>
        <List lines={lines} />
      </details>
    );
  }
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List lines={lines} />
    </div>
  );
}
