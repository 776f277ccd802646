import { change, row, type Tx } from './database';

/** False when the name is taken, by whichever organisation: it is part of an address. */
export const insertSource = async (tx: Tx, source: { id: string; name: string; secrets: string[]; mapping: string | null }): Promise<boolean> =>
  (await change(tx, 'INSERT INTO sources (id, name, secrets, mapping) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING', [
    source.id,
    source.name,
    source.secrets,
    source.mapping,
  ])) === 1;

/** Puts a new secret before the newest one and forgets older ones. Gives the source's id; undefined when there is none of that name. */
export const rotateSource = async (tx: Tx, name: string, secret: string): Promise<string | undefined> =>
  (await row<{ id: string }>(tx, 'UPDATE sources SET secrets = ARRAY[?, secrets[1]] WHERE name = ? RETURNING id', [secret, name]))?.id;
