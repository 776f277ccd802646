import { Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

/** A page with its heading; the heading takes the focus on arrival, so that a screen reader says where one is. */
export function Page({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Lectern`;
  }, [title]);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2" tabIndex={-1} id="title" dir="auto">
          {title}
        </Title>
        {lead && (
          <Text c="dimmed" component="div">
            {lead}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}

export const Section = ({ title, id, aside, children }: { title: string; id?: string; aside?: ReactNode; children: ReactNode }) => (
  <Stack component="section" gap="sm" aria-label={title} {...(id ? { id } : {})}>
    <Title order={2} size="h4">
      {title} {aside}
    </Title>
    {children}
  </Stack>
);
