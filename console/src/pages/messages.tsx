import { Anchor, Button, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { Message } from '../api/client';
import { useMessages } from '../api/queries';
import { toSession } from '../lib/route';
import { phrase } from '../lib/words';
import { Page } from '../ui/page';
import { Pill, type Tone } from '../ui/pill';
import { Empty, Loading, ProblemNote } from '../ui/states';
import { Rows } from '../ui/table';

const STATES: Record<string, Tone> = { claimed: 'info', sent: 'good', failed: 'bad' };

const Body = ({ m }: { m: Message }) => (
  <>
    <div>{m.subject ?? phrase(m.kind)}</div>
    <details>
      <summary>
        Text <VisuallyHidden>of the message to {m.to.name}</VisuallyHidden>
      </summary>
      <Text size="sm" className="pre long" pt={4}>
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
        <div>{m.to.name}</div>
        <Text size="sm" c="dimmed" className="long">
          {m.to.address}
        </Text>
      </>
    ),
  },
  { title: 'Message', cell: (m: Message) => <Body m={m} /> },
  { title: 'Channel', cell: (m: Message) => m.channel },
  { title: 'Local time there', cell: (m: Message) => <time dateTime={m.sentAt ?? m.claimedAt}>{m.localTime}</time> },
  {
    title: 'State',
    cell: (m: Message) => (
      <>
        <Pill tone={STATES[m.state] ?? 'neutral'}>{m.evidence && m.state === 'sent' ? m.evidence : m.state}</Pill>
        {m.error && <Text size="sm">{m.error}</Text>}
      </>
    ),
  },
];

export function MessagesPage() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useMessages();
  const messages = data?.pages.flatMap((page) => page.items);
  return (
    <Page title="Messages that went out" lead="The newest first, each with the time on its reader's own clock.">
      {error && <ProblemNote error={error} title="Reading the messages did not work" retry={() => void refetch()} />}
      {!messages && !error && <Loading what="messages" />}
      {messages?.length === 0 && <Empty>Nothing has gone out yet.</Empty>}
      {messages && messages.length > 0 && (
        <Stack gap="md">
          <div className="card">
            <Rows label="Messages" rows={messages} columns={columns} idOf={(m) => m.id} />
          </div>
          {hasNextPage && (
            <Button variant="default" w="fit-content" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show older ones
            </Button>
          )}
        </Stack>
      )}
    </Page>
  );
}
