import { change, type Tx } from './database';

export async function insertSource(tx: Tx, source: { id: string; name: string; secrets: string[] }): Promise<void> {
  await change(tx, 'INSERT INTO sources (id, name, secrets) VALUES (?, ?, ?)', [source.id, source.name, source.secrets]);
}
