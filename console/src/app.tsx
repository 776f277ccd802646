import { Anchor, Code, Container, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Problem } from './api/client';
import { useLive, type Liveness } from './api/live';
import { useMe } from './api/queries';
import { parseRoute, useHash, type Route } from './lib/route';
import { HeldStepPage } from './pages/held-step';
import { MessagesPage } from './pages/messages';
import { SessionPage } from './pages/session';
import { TodayPage } from './pages/today';
import { Page } from './ui/page';
import { Pill, type Tone } from './ui/pill';
import { Loading, ProblemNote } from './ui/states';

const LIVE: Record<Liveness, [Tone, string]> = {
  connecting: ['neutral', 'Connecting'],
  live: ['good', 'Live'],
  lost: ['bad', 'Disconnected – trying again'],
};

function toMain(event: React.MouseEvent): void {
  // The hash is the address here, so the skip link moves the focus itself.
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Content({ route }: { route: Route }) {
  if (route.page === 'today') return <TodayPage />;
  if (route.page === 'messages') return <MessagesPage />;
  if (route.page === 'session') return <SessionPage key={route.id} id={route.id} />;
  if (route.page === 'held-step') return <HeldStepPage key={route.id} id={route.id} />;
  return (
    <Page title="There is no such page">
      <Anchor href="#/">To today's sessions</Anchor>
    </Page>
  );
}

const SignedOut = () => (
  <Stack gap="sm" maw={560}>
    <Title order={1} size="h2">
      You are not signed in
    </Title>
    <Text>Lectern signs you in with a link that works once. Whoever runs this installation makes one with</Text>
    <Code block>npx lectern sign-in</Code>
    <Text>Open the link in this browser and press “Sign in”. Links in Lectern's messages bring you back to what they are about.</Text>
  </Stack>
);

export function App() {
  const me = useMe();
  const hash = useHash();
  const route = parseRoute(hash);
  const signedOut = me.error instanceof Problem && me.error.status === 401;
  const live = useLive(me.data !== undefined && !signedOut);

  const arrived = useRef(hash);
  useEffect(() => {
    if (arrived.current === hash) return;
    arrived.current = hash;
    window.scrollTo(0, 0);
    document.getElementById('title')?.focus();
  }, [hash]);

  const link = (page: Route['page'], href: string, text: string) => (
    <a href={href} aria-current={route.page === page ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <Container size="lg" px="md" pb="xl">
      <a className="skip card" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <header className="bar">
        <strong>Lectern</strong>
        {me.data && !signedOut && (
          <>
            <nav aria-label="Main">
              {link('today', '#/', 'Today')}
              {link('messages', '#/messages', 'Messages')}
            </nav>
            <Text size="sm" c="dimmed" span ml={{ base: 0, sm: 'auto' }}>
              {me.data.name}, {me.data.organisation.name}
            </Text>
            <span role="status">
              <Pill tone={LIVE[live][0]} dot>
                {LIVE[live][1]}
              </Pill>
            </span>
          </>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {signedOut ? (
          <SignedOut />
        ) : me.data ? (
          <Content route={route} />
        ) : me.error ? (
          <ProblemNote error={me.error} retry={() => void me.refetch()} />
        ) : (
          <Loading what="your login" />
        )}
      </main>
    </Container>
  );
}
