/** Twilio's codes that are final, in words that a coordinator can act on. Others are told by their number. */
const FINAL: Record<number, string> = {
  21211: 'this is not a valid number',
  21408: 'messages to this country are not enabled',
  21610: 'the recipient has opted out of text messages',
  21614: 'this is not a mobile number',
  30003: 'the phone could not be reached',
  30004: 'the recipient or their network blocks messages',
  30005: 'the number does not exist',
  30006: 'this is a landline',
  30007: 'the network took it for unwanted',
};

/** The recipient has told the provider that they want no more: every further text would be refused. */
export const isOptOut = (code: number | string | null | undefined): boolean => Number(code) === 21610;

/** "the recipient has opted out of text messages, twilio 21610" */
export function smsFault(code: number | string | undefined): string {
  const words = FINAL[Number(code)];
  return words ? `${words}, twilio ${code}` : `twilio ${code ?? 'error'}`;
}

/** What becomes of a text message, in the order in which it happens; reports come in any order and more than once. */
const ORDER = ['accepted', 'scheduled', 'queued', 'sending', 'sent', 'undelivered', 'failed', 'canceled', 'delivered', 'read'];
export const isSmsStatus = (status: string): boolean => ORDER.includes(status);
/** The statuses that a later one takes the place of: a report that comes late does not take an end back. */
export const statusesBefore = (status: string): string[] => ORDER.slice(0, ORDER.indexOf(status));
export const isUndelivered = (status: string | null): boolean => status === 'undelivered' || status === 'failed' || status === 'canceled';
export const isDelivered = (status: string | null): boolean => status === 'delivered' || status === 'read';
