import { Button, Text } from '@mantine/core';
import type { Me } from '../api/client';
import type { Liveness } from '../api/live';
import { isStaff, useSignOut } from '../api/queries';
import type { Route } from '../lib/route';
import { Pill, type Tone } from '../ui/pill';

const LIVE: Record<Liveness, [Tone, string]> = {
  connecting: ['neutral', 'Connecting'],
  live: ['good', 'Connected'],
  lost: ['bad', 'No connection – trying again'],
};

interface Props {
  /** Undefined for whoever is not signed in. */
  me: Me | undefined;
  page: Route['page'];
  live: Liveness;
}

function Mine({ me, page, live }: Props & { me: Me }) {
  const signOut = useSignOut();
  const link = (pages: Route['page'][], href: string, text: string) => (
    <a href={href} aria-current={page === pages[0] ? 'page' : pages.includes(page) ? 'true' : undefined}>
      {text}
    </a>
  );
  return (
    <>
      <nav aria-label="Main">
        {link(['today'], '/', 'Today')}
        {isStaff(me) && (
          <>
            {link(['all-series', 'series'], '/series', 'Series')}
            {link(['closures', 'closure', 'time-off'], '/closures', 'Closures')}
            {link(['messages'], '/messages', 'Messages')}
          </>
        )}
      </nav>
      <Text size="sm" c="dimmed" span className="who">
        <bdi>{me.name}</bdi>, <bdi>{me.organisation.name}</bdi>
      </Text>
      <span role="status">
        <Pill tone={LIVE[live][0]} dot>
          {LIVE[live][1]}
        </Pill>
      </span>
      <Button size="compact-sm" variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </Button>
      {signOut.error && (
        <Text size="sm" role="alert">
          Signing out did not work: {signOut.error.message}
        </Text>
      )}
    </>
  );
}

export const Bar = (props: Props) => (
  <header className="bar">
    <strong>Lectern</strong>
    {props.me && <Mine {...props} me={props.me} />}
  </header>
);
