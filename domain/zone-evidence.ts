import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { wallTimeOf } from './time';

/** What is known of a person's zone besides what their record says. */
export interface ZoneKnown {
  zone: string;
  phone: string | null;
  /** Zones of those they live with, a list for each household: one that agrees is enough, of whichever. */
  households: readonly (readonly string[])[];
  /** By how many whole hours they were off, and in how many earlier lessons. */
  off: { hours: number; lessons: number } | null;
}
export interface ZoneDoubts {
  householdDisagrees: boolean;
  phoneDisagrees: boolean;
  /** Earlier lessons to which they came a whole number of hours off. */
  arrivedOff: number;
  /** Zones that what speaks against theirs would have, by what says so. */
  instead: { zone: string; because: 'household' | 'phone' }[];
}

/** Zones that show a time as another one does are no other: what matters is what a reader would read. */
const showsAs = (a: string, b: string, atMs: number): boolean => a === b || wallTimeOf(atMs, a) === wallTimeOf(atMs, b);

/** The zones of the country that a phone number belongs to; none where that is not known. */
export function zonesOfPhone(phone: string | null): string[] {
  const country = phone === null ? undefined : parsePhoneNumberFromString(phone)?.country;
  if (!country) return [];
  // The table is ICU's, as new as the rules themselves. Later versions of the language have made a method of it.
  const region = new Intl.Locale('und', { region: country }) as Intl.Locale & { timeZones?: string[]; getTimeZones?(): string[] };
  return (region.getTimeZones?.() ?? region.timeZones ?? []).filter((zone) => !zone.startsWith('Antarctica/'));
}

/** Of several zones one for each time that they show, so that a country with twenty names is four choices. */
function distinct(zones: readonly string[], atMs: number): string[] {
  const byTime = new Map(zones.map((zone) => [wallTimeOf(atMs, zone), zone] as const).reverse());
  return [...byTime.values()].reverse();
}

/** What speaks against a person's zone, by the time that it would show at an instant. */
export function doubtsOf({ zone, phone, households, off }: ZoneKnown, atMs: number): ZoneDoubts {
  const agrees = (zones: readonly string[]): boolean => zones.some((z) => showsAs(z, zone, atMs));
  const others = households.filter((zones) => zones.length > 0);
  const ofPhone = zonesOfPhone(phone);
  const householdDisagrees = others.length > 0 && !others.some(agrees);
  const phoneDisagrees = ofPhone.length > 0 && !agrees(ofPhone);
  const instead = [
    ...(householdDisagrees ? distinct(others.flat(), atMs).map((z) => ({ zone: z, because: 'household' as const })) : []),
    ...(phoneDisagrees ? distinct(ofPhone, atMs).map((z) => ({ zone: z, because: 'phone' as const })) : []),
  ];
  const seen = new Set<string>();
  return {
    householdDisagrees,
    phoneDisagrees,
    arrivedOff: off?.lessons ?? 0,
    instead: instead.filter((i) => !seen.has(i.zone) && seen.add(i.zone)),
  };
}
