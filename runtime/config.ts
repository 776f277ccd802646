import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { z } from 'zod';
import { lecternHome, projectRoot } from './paths';
import { ToldError } from './told-error';

export interface Config {
  nodeEnv: 'development' | 'test' | 'production';
  /** 0 takes any free port. */
  port: number;
  host: string;
  publicUrl?: string;
  databaseUrl?: string;
  databaseOwnerUrl?: string;
  temporalAddress?: string;
  temporalNamespace: string;
  temporalCliPath?: string;
  lecternHome: string;
  lecternSecret?: string;
  /** Whose key it is acts on the command line where somebody has to answer for it; nobody's name without. */
  lecternKey?: string;
  smtpUrl?: string;
  mailFrom: string;
  catcherUrl?: string;
  twilioAccountSid?: string;
  twilioAuthToken?: string;
  twilioFrom?: string;
  twilioBaseUrl?: string;
  livekitUrl?: string;
  livekitApiKey?: string;
  livekitApiSecret?: string;
  livekitMeetUrl?: string;
  openaiApiKey?: string;
  openaiBaseUrl?: string;
  openaiModel: string;
  /** For a whole answer; nested in the activity's heartbeat of two minutes. */
  openaiTimeoutSeconds: number;
  /** How many drafts a worker process works on at once. */
  draftsAtOnce: number;
  /** `any`: also plain HTTP, private addresses and every port; for tests and for trying it out. */
  webhookAddresses: 'public' | 'any';
  webhookPorts: number[];
  metricsPort?: number | undefined;
  metricsHost: string;
  logLevel: LogLevel;
  /** The instant at which business time starts; absent, business time is real time. */
  clockOrigin?: string;
  clockRate: number;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Wrong configuration: names the variable, its value (masked if secret) and what it may be. */
export class ConfigError extends ToldError {
  override readonly name = 'ConfigError';
  override readonly exitCode = 2;
  constructor(
    message: string,
    readonly variables: readonly string[],
  ) {
    super(message);
  }
}

interface Field {
  variable: string;
  schema: z.ZodType;
  may: string;
  secret?: boolean;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

const url = (...protocols: string[]) =>
  z
    .string()
    .refine((text) => isUrl(text, protocols))
    .optional();

const number = (low: number, high: number, whole: boolean) =>
  z
    .string()
    .regex(whole ? /^\d+$/ : /^\d+(\.\d+)?$/)
    .transform(Number)
    .refine((n) => n >= low && n <= high);

const POSTGRES = 'a URL such as postgres://user:password@host:5432/database';
const HTTP = 'a URL that starts with http:// or https://';

const FIELDS = {
  nodeEnv: {
    variable: 'NODE_ENV',
    schema: z.enum(['development', 'test', 'production']).default('development'),
    may: 'development, test or production',
  },
  port: {
    variable: 'PORT',
    schema: number(0, 65535, true).default(7420),
    may: 'a whole number from 0 (any free port) to 65535',
  },
  host: {
    variable: 'HOST',
    schema: z
      .string()
      .regex(/^[0-9A-Za-z.:_-]+$/)
      .default('127.0.0.1'),
    may: 'an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0',
  },
  publicUrl: { variable: 'PUBLIC_URL', schema: url('http:', 'https:'), may: HTTP },
  databaseUrl: { variable: 'DATABASE_URL', schema: url('postgres:', 'postgresql:'), may: POSTGRES },
  databaseOwnerUrl: { variable: 'DATABASE_OWNER_URL', schema: url('postgres:', 'postgresql:'), may: POSTGRES },
  temporalAddress: {
    variable: 'TEMPORAL_ADDRESS',
    schema: z
      .string()
      .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9A-Fa-f:]+\]:\d{1,5}$/)
      .optional(),
    may: 'host:port, such as 127.0.0.1:7233',
  },
  temporalNamespace: {
    variable: 'TEMPORAL_NAMESPACE',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
      .default('default'),
    may: 'letters, digits, dots, dashes and underscores',
  },
  temporalCliPath: {
    variable: 'TEMPORAL_CLI_PATH',
    schema: z
      .string()
      .transform((path) => resolve(path))
      .refine((path) => existsSync(path))
      .optional(),
    may: 'the path of an existing temporal executable',
  },
  lecternSecret: {
    variable: 'LECTERN_SECRET',
    schema: z.string().min(32).optional(),
    may: 'at least 32 characters, known to nobody else',
    secret: true,
  },
  lecternKey: {
    variable: 'LECTERN_KEY',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,200}$/)
      .optional(),
    may: 'a key as `npx lectern key` prints it',
    secret: true,
  },
  smtpUrl: {
    variable: 'SMTP_URL',
    schema: url('smtp:', 'smtps:'),
    may: 'a URL such as smtp://user:password@host:587 or smtps://host',
  },
  mailFrom: {
    variable: 'MAIL_FROM',
    schema: z
      .string()
      .regex(/^(?:[^<>\r\n@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/)
      .default('Lectern <lectern@lectern.invalid>'),
    may: 'a mail address, alone or as Name <name@host>',
  },
  catcherUrl: { variable: 'CATCHER_URL', schema: url('http:', 'https:'), may: HTTP },
  twilioAccountSid: {
    variable: 'TWILIO_ACCOUNT_SID',
    schema: z
      .string()
      .regex(/^AC[0-9A-Za-z]{32}$/)
      .optional(),
    may: 'AC and 32 letters or digits, as Twilio shows it',
  },
  twilioAuthToken: {
    variable: 'TWILIO_AUTH_TOKEN',
    schema: z.string().min(8).optional(),
    may: 'at least 8 characters, as Twilio shows it',
    secret: true,
  },
  twilioFrom: {
    variable: 'TWILIO_FROM',
    schema: z
      .string()
      .regex(/^(?:\+[1-9]\d{6,14}|MG[0-9A-Za-z]{32})$/)
      .optional(),
    may: 'a number such as +15551234567 or a messaging service (MG and 32 letters or digits)',
  },
  twilioBaseUrl: { variable: 'TWILIO_BASE_URL', schema: url('http:', 'https:'), may: HTTP },
  livekitUrl: {
    variable: 'LIVEKIT_URL',
    schema: url('ws:', 'wss:', 'http:', 'https:'),
    may: 'the address of a LiveKit server, such as wss://rooms.example.org',
  },
  livekitApiKey: {
    variable: 'LIVEKIT_API_KEY',
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .optional(),
    may: 'the name of an API key of that server',
  },
  livekitApiSecret: {
    variable: 'LIVEKIT_API_SECRET',
    schema: z.string().min(32).optional(),
    may: 'the secret of that key, at least 32 characters',
    secret: true,
  },
  livekitMeetUrl: { variable: 'LIVEKIT_MEET_URL', schema: url('http:', 'https:'), may: HTTP },
  openaiApiKey: {
    variable: 'OPENAI_API_KEY',
    schema: z.string().min(1).optional(),
    may: 'a key as the provider shows it',
    secret: true,
  },
  openaiBaseUrl: { variable: 'OPENAI_BASE_URL', schema: url('http:', 'https:'), may: HTTP },
  openaiModel: {
    variable: 'OPENAI_MODEL',
    schema: z.string().min(1).default('gpt-4o-mini'),
    may: 'the name of a model',
  },
  openaiTimeoutSeconds: {
    variable: 'OPENAI_TIMEOUT_SECONDS',
    schema: number(1, 100, false).default(60),
    may: 'a number from 1 to 100; after that the draft is an extract',
  },
  webhookAddresses: {
    variable: 'WEBHOOK_ADDRESSES',
    schema: z.enum(['public', 'any']).default('public'),
    may: 'public (https, to addresses of the public internet), or any (to try it out: also http and this machine)',
  },
  webhookPorts: {
    variable: 'WEBHOOK_PORTS',
    schema: z
      .string()
      .regex(/^\d{1,5}(,\d{1,5})*$/)
      .default('443')
      .transform((text) => text.split(',').map(Number))
      .refine((ports) => ports.every((port) => port >= 1 && port <= 65535)),
    may: 'ports that webhooks are sent to, such as 443,8443',
  },
  metricsPort: {
    variable: 'METRICS_PORT',
    schema: number(0, 65535, true).optional(),
    may: 'a whole number from 0 (any free port) to 65535',
  },
  metricsHost: {
    variable: 'METRICS_HOST',
    schema: z
      .string()
      .regex(/^[0-9A-Za-z.:_-]+$/)
      .default('127.0.0.1'),
    may: 'an address or host name to listen on, such as 127.0.0.1',
  },
  draftsAtOnce: {
    variable: 'DRAFTS_AT_ONCE',
    schema: number(1, 1000, true).default(10),
    may: 'a whole number from 1 to 1000: how many drafts a worker process works on at once',
  },
  logLevel: { variable: 'LOG_LEVEL', schema: z.enum(LOG_LEVELS).default('info'), may: LOG_LEVELS.join(', ') },
  clockOrigin: {
    variable: 'CLOCK_ORIGIN',
    schema: z.iso.datetime({ offset: true }).optional(),
    may: 'an instant such as 2027-03-01T08:00:00Z',
  },
  clockRate: {
    variable: 'CLOCK_RATE',
    schema: number(0.001, 100_000, false).default(1),
    may: 'a number from 0.001 to 100000; 1 is real time, 60 makes a minute of a second',
  },
} satisfies Record<Exclude<keyof Config, 'lecternHome'>, Field>;

/** Every variable that Lectern reads; docs/operations.md explains each, and docker-compose.yml names no other. */
export const VARIABLES: readonly string[] = ['LECTERN_HOME', ...Object.values(FIELDS).map((field) => field.variable)];

/**
 * Reads and checks the configuration. What the process's own environment does not set, .env does; not in tests, which would otherwise
 * send and spend with a developer's keys.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, dotenv = env === process.env ? join(projectRoot(), '.env') : null): Config {
  const isRead = dotenv !== null && env.NODE_ENV !== 'test' && existsSync(dotenv);
  const all: NodeJS.ProcessEnv = isRead ? { ...parse(readFileSync(dotenv)), ...env } : env;
  const values: Record<string, unknown> = { lecternHome: lecternHome(all) };
  const faults: string[] = [];
  const variables: string[] = [];
  for (const [name, field] of Object.entries<Field>(FIELDS)) {
    const text = all[field.variable]?.trim() || undefined;
    const read = field.schema.safeParse(text);
    if (read.success) {
      if (read.data !== undefined) values[name] = read.data;
    } else {
      variables.push(field.variable);
      faults.push(`${field.variable} is "${shown(field.secret === true, text ?? '')}"; it may be ${field.may}`);
    }
  }
  if (values.databaseUrl === undefined && values.databaseOwnerUrl !== undefined) {
    variables.push('DATABASE_URL');
    faults.push('DATABASE_URL is not set though DATABASE_OWNER_URL is; set both, or neither');
  }
  const twilio = [values.twilioAccountSid, values.twilioAuthToken, values.twilioFrom].filter((v) => v !== undefined);
  if (twilio.length > 0 && twilio.length < 3 && !variables.some((v) => v.startsWith('TWILIO_'))) {
    variables.push('TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM');
    faults.push('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM go together; set all three, or none');
  }
  const livekit = [values.livekitUrl, values.livekitApiKey, values.livekitApiSecret].filter((v) => v !== undefined);
  if (livekit.length > 0 && livekit.length < 3 && !variables.some((v) => v.startsWith('LIVEKIT_'))) {
    variables.push('LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET');
    faults.push('LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET go together; set all three, or none');
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'), variables);
  return values as unknown as Config;
}

/** Every variable and its value in use; secrets and passwords inside URLs are masked. */
export function describeConfig(config: Config): Record<string, string | number> {
  const described: Record<string, string | number> = { LECTERN_HOME: config.lecternHome };
  for (const [name, field] of Object.entries<Field>(FIELDS)) {
    const value = config[name as keyof Config];
    if (value === undefined) continue;
    described[field.variable] = typeof value === 'number' ? value : shown(field.secret === true, String(value));
  }
  return described;
}

function shown(secret: boolean, text: string): string {
  if (secret) return text === '' ? '' : '***';
  const password = text.includes('//') ? /(\/\/[^\s/:@]*:)\S*@/g : /(^[^\s/:@]*:)\S*@/g;
  return text.replace(password, '$1***@').replace(/([?&](?:password|token|key|secret)=)[^&#\s]*/gi, '$1***');
}
