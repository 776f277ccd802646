import './mantine.css';
import './styles.css';
import { MantineProvider, createTheme } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/client';
import { App } from './app';
import { leaveHash } from './lib/route';

// Shades that keep white text on buttons, and links on the page, readable.
const theme = createTheme({ primaryShade: { light: 8, dark: 8 }, cursorType: 'pointer' });

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A login that ended shows first wherever something is read; then the whole page has to say so.
    onError: (error, query) => {
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== 'me') void queries.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What happened is told by the stream; a notice that was lost with a crash is made up for within a minute.
      refetchInterval: 60_000,
      // An answer that says no will say it again; only a lost connection or a server in trouble is worth another try.
      retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status > 0 && error.status < 500),
    },
  },
});

leaveHash();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
