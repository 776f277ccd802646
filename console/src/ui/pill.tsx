import type { ReactNode } from 'react';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'neutral';

/** A word with a colour; the word alone says it too. */
export const Pill = ({ tone, dot = false, children }: { tone: Tone; dot?: boolean; children: ReactNode }) => (
  <span className="pill" style={{ ['--tone' as string]: `var(--${tone})` }}>
    {dot && <span className="dot" aria-hidden />}
    {children}
  </span>
);
