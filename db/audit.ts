import type { Json } from '../policy/types';
import { write, type Tx } from './database';

interface Actor {
  principal: { id: string };
  requestId: string | null;
}

/** What a person or service did, for whoever has to answer for it later. Ids only, never texts. */
export async function addAudit(
  tx: Tx,
  by: Actor,
  action: string,
  entity: string,
  entityId: string,
  detail: Record<string, Json> = {},
): Promise<void> {
  await write(tx, 'INSERT INTO audit (principal_id, action, entity, entity_id, detail, request_id) VALUES (?, ?, ?, ?, ?, ?)', [
    by.principal.id,
    action,
    entity,
    entityId,
    JSON.stringify(detail),
    by.requestId,
  ]);
}
