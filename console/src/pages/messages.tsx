import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import type { Message } from '../api/client';
import { useMessages } from '../api/queries';
import { toSession } from '../lib/route';
import { ownZone } from '../lib/time';
import { phrase } from '../lib/words';
import { Page } from '../ui/page';
import { PagesOf } from '../ui/pages-of';
import { Pill, type Tone } from '../ui/pill';
import { Rows } from '../ui/table';
import { There, When } from '../ui/when';

const STATES: Record<string, Tone> = { claimed: 'info', sent: 'good', failed: 'bad' };

const Body = ({ m }: { m: Message }) => (
  <>
    <div dir="auto">{m.subject ?? phrase(m.kind)}</div>
    <details>
      <summary>
        Text <VisuallyHidden>of the message to {m.to.name}</VisuallyHidden>
      </summary>
      <Text size="sm" className="pre" dir="auto" pt={4}>
        {m.bodyText}
      </Text>
      <Anchor size="sm" href={toSession(m.sessionId)}>
        To the session
      </Anchor>
    </details>
  </>
);

const columns = [
  {
    title: 'To',
    cell: (m: Message) => (
      <>
        <div>
          <bdi>{m.to.name}</bdi>
        </div>
        <Text size="sm" c="dimmed">
          {m.to.address}
        </Text>
      </>
    ),
  },
  { title: 'Message', isWide: true, cell: (m: Message) => <Body m={m} /> },
  { title: 'Channel', cell: (m: Message) => m.channel },
  {
    title: 'State',
    cell: (m: Message) => (
      <>
        <Pill tone={STATES[m.state] ?? 'neutral'}>{m.evidence && m.state === 'sent' ? m.evidence : m.state}</Pill>
        {m.error && <Text size="sm">{m.error}</Text>}
      </>
    ),
  },
  {
    title: 'Sent',
    cell: (m: Message) => (
      <>
        <When at={m.sentAt ?? m.claimedAt} zone />
        <Text size="sm" c="dimmed">
          <There at={m.sentAt ?? m.claimedAt} zone={m.zone} />
        </Text>
      </>
    ),
  },
];

export function MessagesPage() {
  return (
    <Page
      title="Messages that went out"
      lead={`The newest first, in your own time (${ownZone()}); below it on the clock of who gets it, where that shows another.`}
    >
      <PagesOf query={useMessages()} what="the messages" empty="Nothing has gone out yet.">
        {(messages) => (
          <div className="card">
            <Rows label="Messages" rows={messages} columns={columns} idOf={(m) => m.id} />
          </div>
        )}
      </PagesOf>
    </Page>
  );
}
