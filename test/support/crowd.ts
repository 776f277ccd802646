import { insertConsent, insertPerson, replaceWards } from '../../db/write-people';
import { newId } from '../../domain/ids';
import type { Cast, Lectern } from './lectern';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A cast as `Lectern.cast` makes it, in one transaction: for tests that need hundreds of people. */
export async function crowd(lectern: Lectern, students: number, consents: boolean): Promise<Cast> {
  const tag = newId().slice(0, 8);
  const cast: Cast = { tag, instructorId: newId(), studentIds: [], guardianIds: [] };
  const plain = { phone: null, zone: 'Europe/Berlin', locale: 'en', channels: ['email'], quietFrom: null, quietTo: null, goals: null, active: true };
  const person = (id: string, kind: 'student' | 'guardian' | 'instructor', givenName: string, mail: boolean) => ({
    ...plain,
    id,
    kind,
    name: `${givenName} Invented${tag}`,
    givenName,
    externalId: null,
    email: mail ? `${givenName.toLowerCase()}.${tag}@example.invalid` : null,
  });
  await lectern.in(async (tx) => {
    await insertPerson(tx, person(cast.instructorId, 'instructor', 'Ines', true));
    for (let i = 0; i < students; i++) {
      const [studentId, guardianId] = [newId(), newId()];
      await insertPerson(tx, person(studentId, 'student', `Stu${i}`, false));
      await insertPerson(tx, person(guardianId, 'guardian', `Gil${i}`, true));
      await replaceWards(tx, guardianId, [{ studentId, household: tag, canNotify: true, canDecide: false }]);
      cast.studentIds.push(studentId);
      cast.guardianIds.push(guardianId);
    }
    for (const personId of [cast.instructorId, ...cast.studentIds])
      for (const kind of ['recording', 'ai'] as const)
        await insertConsent(tx, {
          kind,
          granted: consents,
          textVersion: 't',
          method: 'test',
          id: newId(),
          personId,
          givenBy: NOBODY,
          givenAt: lectern.now(),
        });
  });
  return cast;
}
