import { Anchor, Container } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Problem } from './api/client';
import { useLive } from './api/live';
import { useMe } from './api/queries';
import { followLinks, parseRoute, usePath, type Route } from './lib/route';
import { takeWanted } from './lib/wanted';
import { AllSeriesPage } from './pages/all-series';
import { Bar } from './pages/bar';
import { ClosurePage } from './pages/closure';
import { ClosuresPage } from './pages/closures';
import { HeldStepPage } from './pages/held-step';
import { MessagesPage } from './pages/messages';
import { Brake } from './pages/brake';
import { SeriesPage } from './pages/series';
import { SessionPage } from './pages/session';
import { SignedOut } from './pages/signed-out';
import { TodayPage } from './pages/today';
import { Page } from './ui/page';
import { Loading, ProblemNote } from './ui/states';

function toMain(event: React.MouseEvent): void {
  // An address with a hash would look like one of the pages of old; the skip link moves the focus itself.
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Content({ route }: { route: Route }) {
  if (route.page === 'today') return <TodayPage />;
  if (route.page === 'messages') return <MessagesPage />;
  if (route.page === 'all-series') return <AllSeriesPage />;
  if (route.page === 'closures') return <ClosuresPage />;
  if (route.page === 'session') return <SessionPage key={route.id} id={route.id} />;
  if (route.page === 'held-step') return <HeldStepPage key={route.id} id={route.id} />;
  if (route.page === 'series') return <SeriesPage key={route.id} id={route.id} />;
  if (route.page === 'closure') return <ClosurePage key={route.id} kind="closures" id={route.id} />;
  if (route.page === 'time-off') return <ClosurePage key={route.id} kind="time-off" id={route.id} />;
  return (
    <Page title="There is no such page">
      <Anchor href="/">To today's sessions</Anchor>
    </Page>
  );
}

export function App() {
  const me = useMe();
  const path = usePath();
  const route = parseRoute(path);
  const signedOut = me.error instanceof Problem && me.error.status === 401;
  const signedIn = me.data !== undefined && !signedOut;
  const live = useLive(signedIn);

  useEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);

  useEffect(() => {
    if (!signedIn || window.location.pathname !== '/') return;
    const wanted = takeWanted();
    if (wanted !== null) {
      window.history.replaceState(null, '', wanted);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }
  }, [signedIn]);

  const arrived = useRef(path);
  useEffect(() => {
    if (arrived.current === path) return;
    arrived.current = path;
    window.scrollTo(0, 0);
    document.getElementById('title')?.focus();
  }, [path]);

  return (
    <Container size="lg" px="md" pb="xl">
      <a className="skip card" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <Bar me={signedIn ? me.data : undefined} page={route.page} live={live} />
      {signedIn && <Brake me={me.data} />}
      <main id="main" tabIndex={-1}>
        {signedOut ? (
          <SignedOut path={path} />
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
