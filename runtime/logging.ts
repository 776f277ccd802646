import pino, { type Logger } from 'pino';
import type { LogLevel } from './config';

export type { Logger } from 'pino';

/** Keys whose values name, reach or authenticate a person; they never go to a log, at any of the depths we log. */
export const PERSONAL_KEYS = [
  'address',
  'authorization',
  'body',
  'cookie',
  'displayName',
  'email',
  'firstName',
  'from',
  'guardianName',
  'headers',
  'html',
  'lastName',
  'fullName',
  'password',
  'phone',
  'recipient',
  'secret',
  'studentName',
  'subject',
  'text',
  'to',
  'token',
  'transcript',
] as const;

/** JSON lines on standard error, written at once, so that the last line before a crash is there. */
export function createLogger(level: LogLevel, bindings: Record<string, unknown> = {}): Logger {
  const paths = PERSONAL_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    {
      level,
      base: { pid: process.pid, ...bindings },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: '[redacted]' },
      serializers: { err: pino.stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
