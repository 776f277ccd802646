import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from './client';
import { useOnce } from './once';

type Headers = { 'idempotency-key': string };
export interface Ways<Body, Preview, Result> {
  /** What it would do. */
  look: (body: Body) => Promise<Preview>;
  /** Does it, if it still does what was looked at. */
  commit: (body: Body & { previewToken: string }, headers: Headers) => Promise<Result>;
}
interface Seen<Body, Preview> {
  body: Body;
  preview: Preview;
  /** What was looked at before, where it was refused because it would do something else by now. */
  before: Preview | null;
}

export interface Plan<Body, Preview, Result> {
  /** What was looked at last; null before, and once it is done. */
  seen: Seen<Body, Preview> | null;
  isLooking: boolean;
  isDoing: boolean;
  error: Error | null;
  result: Result | null;
  look: (body: Body) => void;
  commit: () => void;
  forget: () => void;
}

/**
 * Something that is looked at before it is done. What is done is what was looked at, or nothing: refused as stale, it is looked at again at
 * once, and `seen.before` is what it was.
 */
export function usePlan<Body, Preview extends { previewToken: string }, Result>({
  look,
  commit,
}: Ways<Body, Preview, Result>): Plan<Body, Preview, Result> {
  const cache = useQueryClient();
  const once = useOnce();
  const [seen, setSeen] = useState<Seen<Body, Preview> | null>(null);
  const looking = useMutation({
    mutationFn: look,
    onSuccess: (preview, body) => setSeen({ body, preview, before: null }),
  });
  const doing = useMutation({
    mutationFn: async ({ body, preview }: Seen<Body, Preview>) => {
      try {
        const sent = { ...body, previewToken: preview.previewToken };
        return await once(sent, (headers) => commit(sent, headers));
      } catch (error) {
        if (error instanceof Problem && error.code === 'stale') setSeen({ body, preview: await look(body), before: preview });
        throw error;
      }
    },
    onSuccess: () => setSeen(null),
    onSettled: () => cache.invalidateQueries(),
  });
  return {
    seen,
    isLooking: looking.isPending,
    isDoing: doing.isPending,
    error: doing.error ?? looking.error,
    result: doing.data ?? null,
    look: (body: Body): void => {
      doing.reset();
      looking.mutate(body);
    },
    commit: (): void => {
      if (seen) doing.mutate(seen);
    },
    forget: (): void => {
      setSeen(null);
      looking.reset();
      doing.reset();
    },
  };
}
