import OpenAI from 'openai';
import type { Logger } from 'pino';
import { createCatcherSmsPort, createTwilioPort } from '../activities/providers/sms';
import { createMailPort } from '../activities/providers/mail';
import { linkRooms, testRooms } from '../activities/providers/link';
import { createLiveKitRooms } from '../activities/providers/livekit';
import type { ActivityDeps } from '../activities/deps';
import type { MessagePort, RoomProvider } from '../activities/ports';
import type { Database } from '../db/database';
import type { BusinessClock } from '../domain/clock';
import { smsStatusPath } from '../api/webhooks/twilio';
import type { Config } from './config';
import type { Engines } from './engines/engines';

export type Addresses = Pick<Engines, 'databaseUrl' | 'temporalAddress' | 'smtpUrl' | 'catcherUrl' | 'secret'>;

/** Text messages: Twilio when it is configured, else the local inbox; without either they are refused and fail over. */
function smsPort(config: Config, addresses: Pick<Addresses, 'catcherUrl'>, publicUrl: string): MessagePort {
  const { twilioAccountSid, twilioAuthToken, twilioFrom, twilioBaseUrl = null } = config;
  if (twilioAccountSid && twilioAuthToken && twilioFrom) {
    // Twilio refuses a message whose reports would have nowhere to go.
    const isReachable = publicUrl.startsWith('https:') || twilioBaseUrl !== null;
    return createTwilioPort({
      accountSid: twilioAccountSid,
      authToken: twilioAuthToken,
      from: twilioFrom,
      baseUrl: twilioBaseUrl,
      statusUrl: isReachable ? ({ organisationId, key }) => publicUrl + smsStatusPath(organisationId, key) : null,
    });
  }
  if (addresses.catcherUrl) return createCatcherSmsPort(addresses.catcherUrl);
  return { channel: 'sms', send: () => Promise.resolve({ end: 'refused', error: 'no SMS provider is configured' }) };
}

/** Who gives rooms, by name: the built-in link, the one of tests and demo, and LiveKit where it is configured. */
export function createRooms(config: Config, clock: BusinessClock): Record<string, RoomProvider> {
  const { livekitUrl: url, livekitApiKey: apiKey, livekitApiSecret: apiSecret, livekitMeetUrl: meetUrl } = config;
  const livekit = url && apiKey && apiSecret ? createLiveKitRooms({ url, apiKey, apiSecret, meetUrl }, clock) : null;
  return { link: linkRooms, test: testRooms, ...(livekit && { livekit }) };
}

/** How people are reached. */
export function createMessagePorts(
  config: Config,
  addresses: Pick<Addresses, 'smtpUrl' | 'catcherUrl'>,
  publicUrl: string,
): ActivityDeps['ports'] & { close(): void } {
  const email = createMailPort({ smtpUrl: addresses.smtpUrl, from: config.mailFrom, catcherUrl: addresses.catcherUrl });
  return { email, sms: smsPort(config, addresses, publicUrl), close: () => email.close() };
}

/** Makes what activities reach outside for, from the configuration and the addresses of the engines. */
export function createActivityDeps(
  config: Config,
  addresses: Addresses,
  more: { db: Database; clock: BusinessClock; publicUrl: string; logger: Logger },
): ActivityDeps & { close(): void } {
  const ports = createMessagePorts(config, addresses, more.publicUrl);
  const client = config.openaiApiKey ? new OpenAI({ apiKey: config.openaiApiKey, baseURL: config.openaiBaseUrl, maxRetries: 0 }) : null;
  return {
    ...more,
    secret: addresses.secret,
    ports,
    rooms: createRooms(config, more.clock),
    drafting: { client, model: config.openaiModel, timeoutMs: config.openaiTimeoutSeconds * 1000 },
    close: () => ports.close(),
  };
}
