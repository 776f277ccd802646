/** Checks of what people are reached by. One parser for all: what passes here is what goes to the mail server. */
export interface FieldFault {
  path: string;
  message: string;
}

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * Why this is no address that we send to; null when it is one. Exactly one plain address: no display name, comment, list or
 * quoted local part, and ASCII only, because letters that look alike across alphabets send a child's data to a stranger.
 * International domains are written in their ASCII form (xn--…).
 */
export function emailFault(text: string): string | null {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split('.');
  const last = labels.at(-1) ?? '';
  const isAddress =
    at > 0 &&
    text.length <= 254 &&
    local.length <= 64 &&
    LOCAL.test(local) &&
    labels.length >= 2 &&
    labels.every((l) => LABEL.test(l)) &&
    /[A-Za-z]/.test(last);
  return isAddress ? null : 'must be one plain e-mail address such as name@example.org';
}

export const phoneFault = (text: string): string | null =>
  /^\+[1-9]\d{6,14}$/.test(text) ? null : 'must be an international number such as +4915112345678';

/** An IANA zone that this Node knows. Offsets are none: they do not follow a clock change. */
export function zoneFault(zone: string): string | null {
  const fault = `"${zone.slice(0, 64)}" is not an IANA time zone such as Europe/Berlin`;
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(zone)) return fault;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return null;
  } catch {
    return fault;
  }
}

export function localeFault(locale: string): string | null {
  try {
    return Intl.getCanonicalLocales(locale).length === 1 ? null : 'must be one language tag';
  } catch {
    return 'must be a language tag such as en or de-AT';
  }
}

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
/** A name goes into mail headers and other people's pages: no line breaks, no control characters, no direction overrides. */
export function nameFault(name: string, max: number): string | null {
  if (name.trim() === '') return 'must not be blank';
  if (name.length > max) return `must be at most ${max} characters long`;
  return UNSEEN.test(name) ? 'must not hold line breaks, control characters or direction overrides' : null;
}

export const clockFault = (text: string): string | null => (/^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? null : 'must be a clock time such as 20:00');
