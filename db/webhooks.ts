import { change, row, rows, write, type Tx } from './database';

export interface WebhookRow {
  id: string;
  version: number;
  name: string;
  url: string;
  eventTypes: string[];
  state: 'on' | 'off';
  /** Somebody switched it off, it said that it is gone, or it took nothing for too long. */
  offReason: 'asked' | 'gone' | 'failing' | null;
  offAt: Date | null;
  /** The number that its secret is made from. */
  secretN: number;
  /** Numbers of secrets that are good beside it, until an instant. */
  oldSecrets: { n: number; until: string }[];
  /** Since when nothing was taken; null when the last thing sent was. */
  failingSince: Date | null;
  createdAt: Date;
  createdBy: string | null;
}

/** False when the name is taken. */
export const insertWebhook = async (
  tx: Tx,
  w: Pick<WebhookRow, 'id' | 'name' | 'url' | 'eventTypes' | 'createdAt' | 'createdBy'>,
): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO webhooks (id, name, url, event_types, state, created_at, created_by) VALUES (?, ?, ?, ?, 'on', ?, ?)
     ON CONFLICT (organisation_id, name) DO NOTHING`,
    [w.id, w.name, w.url, w.eventTypes, w.createdAt, w.createdBy],
  )) === 1;

export const webhookById = (tx: Tx, id: string): Promise<WebhookRow | undefined> => row(tx, 'SELECT * FROM webhooks WHERE id = ?', [id]);
export const webhookByName = (tx: Tx, name: string): Promise<WebhookRow | undefined> => row(tx, 'SELECT * FROM webhooks WHERE name = ?', [name]);

/** Not FOR UPDATE: whoever lays a delivery down refers to the row, and would wait. */
export const lockWebhook = (tx: Tx, id: string): Promise<WebhookRow | undefined> =>
  row(tx, 'SELECT * FROM webhooks WHERE id = ? FOR NO KEY UPDATE', [id]);

/** How an address is doing: what waits to be sent to it, and what was given up. */
export type ListedWebhook = WebhookRow & { waiting: number; failed: number };
const LISTED = `SELECT w.*,
    (SELECT count(*) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state IN ('planned', 'claimed')) AS waiting,
    (SELECT count(*) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'failed' AND d.ended_at IS NOT NULL) AS failed
  FROM webhooks w`;
export const listWebhooks = (tx: Tx): Promise<ListedWebhook[]> => rows(tx, `${LISTED} ORDER BY w.name`);
export const listedWebhook = (tx: Tx, id: string): Promise<ListedWebhook | undefined> => row(tx, `${LISTED} WHERE w.id = ?`, [id]);

/** Writes what people may change; the caller holds the row. */
export const saveWebhook = (
  tx: Tx,
  w: Pick<WebhookRow, 'id' | 'url' | 'eventTypes' | 'state' | 'offReason' | 'offAt' | 'secretN' | 'oldSecrets' | 'failingSince'>,
): Promise<void> =>
  write(
    tx,
    `UPDATE webhooks SET url = ?, event_types = ?, state = ?, off_reason = ?, off_at = ?, secret_n = ?, old_secrets = ?, failing_since = ?,
       version = version + 1 WHERE id = ?`,
    [w.url, w.eventTypes, w.state, w.offReason, w.offAt, w.secretN, JSON.stringify(w.oldSecrets), w.failingSince, w.id],
  );

/** Whether it takes what it is sent is no change of the address: its version stays. */
export const setFailingSince = (tx: Tx, id: string, since: Date | null): Promise<void> =>
  write(tx, 'UPDATE webhooks SET failing_since = ? WHERE id = ? AND failing_since IS DISTINCT FROM ?', [since, id, since]);

/** Whether a person is to say already what becomes of an address. */
export const isWebhookStepOpen = async (tx: Tx, webhookId: string): Promise<boolean> =>
  (await row(tx, `SELECT 1 AS one FROM held_steps WHERE kind = 'webhook' AND subject = ? AND state = 'open' LIMIT 1`, [webhookId])) !== undefined;

/** Nothing is to be said of it any more. */
export const withdrawWebhookSteps = (tx: Tx, webhookId: string, at: Date): Promise<void> =>
  write(
    tx,
    `UPDATE held_steps SET state = 'withdrawn', chosen_at = ?, version = version + 1 WHERE kind = 'webhook' AND subject = ? AND state = 'open'`,
    [at, webhookId],
  );
