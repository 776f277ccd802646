import type { Config } from '../config';
import type { Engines } from './engines';
import { recordedDatabaseUrl } from './postgres';
import { readRegistry } from './registry';

export type KnownAddresses = { [K in keyof Pick<Engines, 'databaseUrl' | 'temporalAddress' | 'smtpUrl' | 'catcherUrl'>]: string | null };

/** Where everything should answer, without starting anything: configured addresses, else what this home's registry records; null for neither. */
export function knownAddresses(config: Config): KnownAddresses {
  const registry = readRegistry(config.lecternHome);
  const { temporal, catcher } = registry;
  return {
    databaseUrl: config.databaseUrl ?? recordedDatabaseUrl(registry),
    temporalAddress: config.temporalAddress ?? (temporal ? `127.0.0.1:${temporal.port}` : null),
    smtpUrl: config.smtpUrl ?? (catcher ? `smtp://127.0.0.1:${catcher.port}` : null),
    catcherUrl: config.smtpUrl ? (config.catcherUrl ?? null) : catcher ? `http://127.0.0.1:${catcher.httpPort}` : null,
  };
}
