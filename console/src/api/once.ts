import { useRef } from 'react';
import { Problem } from './client';

/** crypto.randomUUID is not there when the page is served without https. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

/** Sends with an idempotency key. When no answer came, the same body goes out with the same key, so that it counts once. */
export function useOnce() {
  const unanswered = useRef<{ key: string; body: string } | null>(null);
  return async <T>(body: unknown, send: (headers: { 'idempotency-key': string }) => Promise<T>): Promise<T> => {
    const text = JSON.stringify(body);
    if (unanswered.current?.body !== text) unanswered.current = { key: newKey(), body: text };
    try {
      const result = await send({ 'idempotency-key': unanswered.current.key });
      unanswered.current = null;
      return result;
    } catch (error) {
      if (error instanceof Problem && error.status > 0 && error.code !== 'in-flight') unanswered.current = null;
      throw error;
    }
  };
}
