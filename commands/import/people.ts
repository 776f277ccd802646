import type { KnownConsent } from '../../db/import/people';
import { canonicalJson, newId } from '../../domain/ids';
import type { PersonKind } from '../../domain/vocabulary';
import { PERSON_CHECKS } from '../people';
import type { Remembered } from './remembered';
import { Once, placeOf } from './once';
import type { At, Faults, Person, Row } from './types';

type Fields = Pick<Person, 'name' | 'givenName' | 'email' | 'phone' | 'zone' | 'locale' | 'channels' | 'quietFrom' | 'quietTo' | 'goals' | 'active'>;

export interface PeoplePlan {
  created: Person[];
  changed: { person: Person; before: Person }[];
  unchanged: number;
  /** New words on consent: of those who say other than what is known. */
  consents: KnownConsent[];
}

/** Zones and locales are few and slow to check. */
function memoised(check: (value: never) => string | null): (value: never) => string | null {
  const known = new Map<unknown, string | null>();
  return (value) => {
    if (!known.has(value)) known.set(value, check(value));
    return known.get(value)!;
  };
}
const REMEDIES: Partial<Record<keyof Fields, string>> = {
  zone: 'write an IANA zone such as Europe/Berlin',
  email: 'mend the address, or leave it empty',
  locale: 'write en, de and the like',
  channels: 'write email, sms, or both in the order they are tried',
};

export class PeopleCheck {
  private readonly checks = Object.entries(PERSON_CHECKS).map(([field, check]) => [field as keyof Fields, memoised(check)] as const);
  readonly plan: PeoplePlan = { created: [], changed: [], unchanged: 0, consents: [] };
  private readonly ids: Once;
  private readonly seenPeople = new Map<string, { at: At | null; externalId: string | null }>();

  constructor(
    private readonly people: Map<string, Person>,
    everybody: readonly Person[],
    private readonly consents: ReadonlyMap<string, boolean>,
    private readonly defaults: { zone: string | null; faults: Faults; remembered: Remembered },
  ) {
    this.ids = new Once(defaults.faults, 'externalId');
    for (const p of everybody) for (const key of identitiesOf(p)) this.seenPeople.set(key, { at: null, externalId: p.externalId });
  }

  /** Takes a row in, or says what is wrong with it. */
  take(row: Row): void {
    const { at, values } = row;
    const externalId = values.externalId as string;
    const { faults } = this.defaults;
    if (!this.ids.isFirst(at, externalId)) return;
    const before = this.people.get(externalId);
    if (this.defaults.remembered.isAsBefore(externalId, row) && before) return void this.plan.unchanged++;
    const kind = values.kind as PersonKind;
    if (before && before.kind !== kind)
      return faults.add(at, 'kind', { fault: `is ${kind}, and is known as ${before.kind}`, remedy: 'give another external id to another person' });
    const fields = this.fieldsOf(values, before);
    if (!this.isSound(at, fields)) return;
    const person: Person = { ...(before ?? { key: 0, id: newId(), version: 1, kind, externalId, isNew: true }), ...fields };
    if (!this.isOnlyOne(at, person)) return;
    this.people.set(externalId, person);
    const differs = before && canonicalJson(pick(before)) !== canonicalJson(fields);
    if (!before) this.plan.created.push(person);
    else if (differs) this.plan.changed.push({ person, before });
    this.consent(person, values);
    if (before && !differs) this.plan.unchanged++;
  }

  private fieldsOf(values: Row['values'], before: Person | undefined): Fields {
    const given = <T>(name: string, usual: T): T =>
      (values[name] === undefined ? (before?.[name as keyof Person] as T | undefined) : (values[name] as T)) ?? usual;
    const put = [values.givenName, values.familyName].filter((v) => typeof v === 'string').join(' ');
    const name = (values.name as string | undefined) ?? (put || before?.name || '');
    return {
      name,
      givenName: (values.givenName as string | undefined) ?? before?.givenName ?? name.split(/\s/)[0]!,
      email: given<string | null>('email', null),
      phone: given<string | null>('phone', null),
      zone: given('zone', this.defaults.zone ?? ''),
      locale: given('locale', 'en'),
      channels: given('channels', ['email']).map((c) => c.toLowerCase()),
      quietFrom: given<string | null>('quietFrom', null),
      quietTo: given<string | null>('quietTo', null),
      goals: given<string | null>('goals', null),
      active: given('active', true),
    };
  }

  private isSound(at: At, fields: Fields): boolean {
    const found = this.checks.flatMap(([field, check]) => {
      const value = fields[field];
      const fault = value === null || value === undefined ? null : check(value as never);
      return fault ? [{ field, fault }] : [];
    });
    for (const { field, fault } of found) {
      const isEmptyZone = field === 'zone' && fields.zone === '';
      const remedy = isEmptyZone ? 'fill it in, or say --zone for everybody without one' : (REMEDIES[field] ?? 'mend it');
      this.defaults.faults.add(at, field, { fault: isEmptyZone ? 'is empty' : fault, remedy });
    }
    return found.length === 0;
  }

  /** One person under two ids would be written to twice and charged apart. Siblings and couples share addresses: the name tells. */
  private isOnlyOne(at: At, person: Person): boolean {
    const keys = identitiesOf(person);
    const other = keys.map((key) => this.seenPeople.get(key)).find((o) => o && o.externalId !== person.externalId);
    for (const key of keys) if (!this.seenPeople.has(key)) this.seenPeople.set(key, { at, externalId: person.externalId });
    if (!other) return true;
    const where = other.at
      ? `stands in ${placeOf(other.at)}`
      : `is known ${other.externalId ? `as "${other.externalId}"` : 'without an external id'}`;
    const remedy =
      other.at || other.externalId ? 'use one external id for one person' : 'give the person there this externalId first (PATCH /v1/people/{id})';
    this.defaults.faults.add(at, 'name', { fault: `the same person ${where} (same kind, name and address or number)`, remedy });
    return false;
  }

  private consent(person: Person, values: Row['values']): void {
    for (const [kind, column] of [
      ['recording', 'consentRecording'],
      ['ai', 'consentAi'],
    ] as const) {
      const granted = values[column];
      if (typeof granted !== 'boolean' || this.consents.get(`${person.id} ${kind}`) === granted) continue;
      this.plan.consents.push({ personId: person.id, kind, granted });
    }
  }
}

const pick = ({ name, givenName, email, phone, zone, locale, channels, quietFrom, quietTo, goals, active }: Person): Fields => ({
  name,
  givenName,
  email,
  phone,
  zone,
  locale,
  channels,
  quietFrom,
  quietTo,
  goals,
  active,
});

function identitiesOf({ kind, name, email, phone }: Person): string[] {
  const who = `${kind} ${name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ')}`;
  return [email && `${who} ${email.toLowerCase()}`, phone && `${who} ${phone}`].filter((k) => k !== null && k !== '') as string[];
}
