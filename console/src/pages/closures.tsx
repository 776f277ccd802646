import { Anchor, Text } from '@mantine/core';
import type { Closure } from '../api/client';
import { useClosures, type KindOfClosure } from '../api/closures';
import { useNamesOf } from '../api/people';
import { toClosure } from '../lib/route';
import { Page, Section } from '../ui/page';
import { PagesOf } from '../ui/pages-of';
import { Rows } from '../ui/table';
import { Span } from '../ui/span';
import { MakeClosure } from './closure-make';

/** Whom or what it closes. */
export const ofWhom = ({ personId, branch }: Pick<Closure, 'personId' | 'branch'>, names: ReadonlyMap<string, string>): string =>
  personId !== null ? (names.get(personId) ?? '…') : branch === null ? 'Everybody' : `Branch ${branch}`;

const columnsOf = (names: ReadonlyMap<string, string>) => [
  {
    title: 'Why',
    cell: (c: Closure) => (
      <Anchor href={toClosure(c)} fw={600}>
        <bdi>{c.reason}</bdi>
      </Anchor>
    ),
  },
  { title: 'For', cell: (c: Closure) => <bdi>{ofWhom(c, names)}</bdi> },
  { title: 'When', isWide: true, cell: (c: Closure) => <Span of={c} /> },
];

function Table({ label, list }: { label: string; list: Closure[] }) {
  const names = useNamesOf(list.map((c) => c.personId));
  return (
    <div className="card">
      <Rows label={label} rows={list} columns={columnsOf(names)} idOf={(c) => c.id} />
    </div>
  );
}

function Removed({ kind, what }: { kind: KindOfClosure; what: string }) {
  return (
    <details>
      <summary>Taken away again</summary>
      <PagesOf query={useClosures(kind, 'removed')} what={what} empty="None was taken away.">
        {(list) => <Table label={`${what}, taken away`} list={list} />}
      </PagesOf>
    </details>
  );
}

export function ClosuresPage() {
  return (
    <Page title="Closures and time off" lead="Times in which nothing takes place, or somebody is away.">
      <Section title="Close a time, or give somebody time off">
        <details className="card">
          <summary>Make one</summary>
          <MakeClosure />
        </details>
      </Section>
      <Section title="Closures">
        <PagesOf query={useClosures('closures', 'active')} what="the closures" empty="Nothing is closed.">
          {(list) => <Table label="Closures" list={list} />}
        </PagesOf>
        <Removed kind="closures" what="Closures" />
      </Section>
      <Section title="Time off">
        <PagesOf query={useClosures('time-off', 'active')} what="time off" empty="Nobody has time off.">
          {(list) => <Table label="Time off" list={list} />}
        </PagesOf>
        <Removed kind="time-off" what="Time off" />
        <Text size="sm" c="dimmed">
          Lessons that fall into a new time are moved, given to somebody else, cancelled or asked about, as the rules say; everybody is told once.
        </Text>
      </Section>
    </Page>
  );
}
