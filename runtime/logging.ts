import pino, { type Logger, type LoggerOptions } from 'pino';
import type { LogLevel } from './config';
import { redact, redactText } from './redaction';

export type { Logger } from 'pino';

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

/** Every log call comes through here: nothing that a caller hands over reaches the line as it is. */
const logMethod: LogMethod = function (args, method) {
  const [first, ...rest] = args as unknown[];
  // An error alone brings its message with it.
  const words = first instanceof Error && rest.length === 0 ? [redactText(first.message)] : rest.map((word) => redact(word));
  const fields = first instanceof Error ? { err: redact(first) } : redact(first);
  method.apply(this, [fields, ...words] as Parameters<typeof method>);
};

/** JSON lines without personal data on standard error, written at once, so that the last line before a crash is there. */
export function createLogger(level: LogLevel, bindings: Record<string, unknown> = {}, fd = 2): Logger {
  const logger = pino(
    {
      level,
      base: { pid: process.pid, ...(redact(bindings) as object) },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { logMethod },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd, sync: true }),
  );
  // Pino writes the bindings of a child past its hooks.
  type Child = (this: Logger, bindings: object) => Logger;
  const child = logger.child as unknown as Child;
  const redactingChild: Child = function (more) {
    return child.call(this, redact(more) as object);
  };
  logger.child = redactingChild as unknown as Logger['child'];
  return logger;
}
