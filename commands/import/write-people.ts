import { insertConsents, insertPeople, insertStaff, updatePeople } from '../../db/import/people';
import type { Tx } from '../../db/database';
import { newId } from '../../domain/ids';
import type { Context } from '../context';
import { ROLE_OF_KIND } from '../people';
import { retimePerson } from '../retime';
import { stopRecording } from '../unwanted-recording';
import { batches } from './batches';
import type { PeoplePlan } from './people';
import type { Person } from './types';

const HOW_REACHED = ['zone', 'quietFrom', 'quietTo', 'channels'] as const;

const isReachedOtherwise = (a: Person, b: Person): boolean => HOW_REACHED.some((f) => String(a[f]) !== String(b[f]));

/** Writes people and what they consent to. Staff can sign in from then on. */
export async function writePeople(ctx: Context, tx: Tx, { created, changed, consents }: PeoplePlan, progress: (done: number) => void): Promise<void> {
  const byId = new Map(created.map((p) => [p.id, p]));
  let done = 0;
  for (const batch of batches(created)) {
    for (const { id, key } of await insertPeople(tx, batch)) byId.get(id)!.key = key;
    progress((done += batch.length));
  }
  const staff = created.flatMap((p) => {
    const role = ROLE_OF_KIND[p.kind];
    return role ? [{ id: newId(), personId: p.id, name: p.name, role }] : [];
  });
  for (const batch of batches(staff)) await insertStaff(tx, batch);
  for (const batch of batches(changed))
    await updatePeople(
      tx,
      batch.map(({ person }) => person),
    );
  for (const batch of batches(consents))
    await insertConsents(
      tx,
      batch.map((c) => ({ ...c, id: newId(), textVersion: 'imported', method: 'import', givenBy: ctx.principal.id, givenAt: ctx.asOf })),
    );
  for (const { person, before } of changed) if (isReachedOtherwise(person, before)) await retimePerson(tx, person.id, ctx.asOf);
  for (const c of consents) if (c.kind === 'recording' && !c.granted && !byId.has(c.personId)) await stopRecording(tx, c.personId, ctx.asOf);
}
