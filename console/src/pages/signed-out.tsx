import { Code, Text } from '@mantine/core';
import { useEffect } from 'react';
import { remember } from '../lib/wanted';
import { Page } from '../ui/page';

export function SignedOut({ path }: { path: string }) {
  useEffect(() => remember(path), [path]);
  return (
    <Page title="You are not signed in">
      <div className="card" style={{ maxWidth: 560 }}>
        <Text>Lectern signs you in with a link that works once. Whoever runs this installation makes one with</Text>
        <Code block my="sm">
          npx lectern sign-in
        </Code>
        <Text>
          Open the link in this browser and press “Sign in”.
          {path !== '/' && ' It then takes you to the page that you wanted.'}
        </Text>
      </div>
    </Page>
  );
}
