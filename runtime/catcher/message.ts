/** A caught message as the catcher keeps and shows it. */
export interface CaughtMessage {
  id: string;
  /** What the sender calls this sending: of a mail X-Lectern-Key, else its Message-ID before the @; `key` of a text message. */
  key: string | null;
  channel: 'email' | 'sms';
  /** As in the header, with its angle brackets. */
  messageId: string | null;
  /** The envelope's recipient (several: joined with a comma and a space), or the phone number. */
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string | null;
  headers: Record<string, string>;
  receivedAt: string;
}

export interface MessageQuery {
  to?: string;
  messageId?: string;
  key?: string;
  /** An instant (messages received then or later) or a message's id (messages after it). */
  since?: string;
  limit?: number;
}
