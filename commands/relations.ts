import type { Tx } from '../db/database';
import { peopleById } from '../db/people';
import { insertConsent, replaceWards, type ConsentFields, type Ward } from '../db/write-people';
import { notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { Context } from './context';
import { stopRecording } from './unwanted-recording';

export interface Relations {
  /** Of a guardian: replaces what was. */
  students?: (Pick<Ward, 'studentId' | 'household'> & Partial<Ward>)[] | undefined;
  /** Added to the record; the newest of each kind counts. */
  consents?: ConsentFields[] | undefined;
}

/** Writes whose guardian somebody is, and what they consent to. Errors: `not-found` for a student who does not exist. */
export async function writeRelations(ctx: Context, tx: Tx, personId: string, { students, consents }: Relations): Promise<void> {
  if (students) {
    const ids = students.map((w) => w.studentId);
    const found = await peopleById(tx, ids);
    const stranger = ids.find((id) => !found.some((p) => p.id === id.toLowerCase() && p.kind === 'student'));
    if (stranger) throw notFound('student', stranger);
    const wards = students.map((w) => ({ canNotify: true, canDecide: false, ...w }));
    await replaceWards(tx, personId, wards);
  }
  for (const consent of consents ?? []) {
    await insertConsent(tx, { ...consent, id: newId(), personId, givenBy: ctx.principal.id, givenAt: ctx.asOf });
  }
  if (consents?.some((c) => c.kind === 'recording' && !c.granted)) await stopRecording(tx, personId, ctx.asOf);
}
