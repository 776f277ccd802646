import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Tone } from './pill';

interface Props {
  tone: Tone;
  title: string;
  /** `alert` interrupts a screen reader; `status` waits for its turn. */
  role: 'alert' | 'status';
  children?: ReactNode;
}

/** Something to be told, in colours that stay readable (the library's own are not, in its lighter shades). */
export const Note = ({ tone, title, role, children }: Props) => (
  <div className="card note" role={role} style={{ ['--tone' as string]: `var(--${tone})` }}>
    <strong>{title}</strong>
    {children && <Stack gap={6}>{children}</Stack>}
  </div>
);
