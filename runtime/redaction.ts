/** Keys whose values name, reach or authenticate a person; their values go nowhere. */
const PERSONAL_KEYS = new Set(
  `address authorization body cookie displayName email envelope firstName from fullName givenName goals guardianName headers html lastName
   lines name password phone recipient rejected secret set-cookie studentName subject text to token transcript`
    .toLowerCase()
    .split(/\s+/),
);

/**
 * What an error may tell of itself besides type, message, stack and cause. All else stays behind: the errors of Postgres carry whole
 * rows (`detail`, `where`), those of HTTP clients headers and bodies.
 */
const TOLD_BY_ERRORS = [
  'code',
  'status',
  'errno',
  'syscall',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'responseCode',
  'command',
];

/** The rest of a line or of a quoted text. */
const REST = String.raw`[^"\n]*`;
const QUOTED = String.raw`"(?:[^"\\\n]|\\.)*"`;

/** Personal data and keys inside sentences: pattern and what stands there instead. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Rows of Postgres, and input that it quotes.
  [new RegExp(String.raw`(Key \([^)\n]*\)=)\(${REST}`, 'g'), '$1[redacted]'],
  [new RegExp(String.raw`(Failing row contains )\(${REST}`, 'g'), '$1[redacted]'],
  [new RegExp(String.raw`((?:invalid input|invalid value|out of range|malformed|too long)[^"\n]{0,80}: ?)${QUOTED}`, 'gi'), '$1"[redacted]"'],
  // What JSON.parse shows of the text it could not read.
  [new RegExp(String.raw`(?:\.\.\.)?${QUOTED}(?:\.\.\.)? is not valid JSON`, 'g'), '[redacted] is not valid JSON'],
  // Ways in: links of participants and admins, keys, passwords in addresses.
  [/\/(j|sign-in)\/[\w.~%-]+/g, '/$1/[redacted]'],
  [/\b(?:l[ksl]_|whsec_|sk-)[\w+/=-]{6,}/g, '[redacted]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '[redacted]'],
  [/(\/\/[^\s/:@"]*:)[^\s@"]*@/g, '$1[redacted]@'],
  [/([?&](?:access_token|api_?key|key|password|secret|sig|signature|token)=)[^&#\s"]*/gi, '$1[redacted]'],
  // Mailboxes, also inside addresses, and numbers in the form that providers take. A package such as name@1.2.3 is no mailbox.
  [/"[^"\n]{1,64}"@[\p{L}\p{N}.-]+/gu, '[mailbox]'],
  [/[\p{L}\p{N}.!#$'*+^_`{|}~-]+(?:@|%40)(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/gu, '[mailbox]'],
  [/(?:\+|%2B)[1-9](?:[ ().-]?\d){6,14}/g, '[phone]'],
];

/** A text without personal data and keys. Ids stay. */
export const redactText = (text: string): string => PATTERNS.reduce((t, [pattern, instead]) => t.replace(pattern, instead), text);

const DEEPEST = 8;

/** Where Postgres or a parser says what is wrong it quotes the value; kind and place are enough, and quote nobody. */
const quotesValues = (error: Error & { code?: unknown }): boolean =>
  error instanceof SyntaxError || (typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code));

const framesOf = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

function redactError(error: Error, depth: number): object {
  const told = Object.fromEntries(TOLD_BY_ERRORS.flatMap((key) => (key in error ? [[key, redact(error[key as keyof Error], depth + 1)]] : [])));
  return {
    type: error.name,
    message: quotesValues(error) ? '[withheld]' : redactText(error.message),
    stack: redactText(framesOf(error.stack ?? '')),
    ...told,
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: redact(error.errors, depth + 1) } : {}),
  };
}

/** Any value without personal data and keys, at any depth. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth > DEEPEST) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const kept = ([key, item]: [string, unknown]): [string, unknown] => [
    key,
    PERSONAL_KEYS.has(key.toLowerCase()) && item !== null && item !== undefined ? '[redacted]' : redact(item, depth + 1),
  ];
  return Object.fromEntries(Object.entries(value).map(kept));
}
