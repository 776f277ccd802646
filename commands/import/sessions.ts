import { isDeepStrictEqual } from 'node:util';
import { importedDetails, type KnownSession, type Taken } from '../../db/import/sessions';
import { fallsOn, type ClosureRow } from '../../db/closures';
import type { NewSession } from '../../db/bookings';
import type { Load } from './load';
import type { PersonRow } from '../../db/people';
import type { Tx } from '../../db/database';
import { answer, type Answered, type Question } from '../../decisions/decide';
import { explainRow } from '../../decisions/explain';
import type { LoadedSet } from '../../decisions/rule-sets';
import { newId } from '../../domain/ids';
import { admissionQuestion, type Admitted, type Terms } from '../admission';
import { preparationOf, preparationQuestion, type Preparation } from '../preparation';
import type { Context } from '../context';
import { changedBy, type ChangedSession } from './changed-sessions';
import { given, isNamed, lessonPeople } from './lesson-row';
import { Once } from './once';
import type { People } from './relations';
import type { Remembered } from './remembered';
import { agreedTerms } from './session-terms';
import { timesOf } from './session-times';
import type { At, Faults, Person, Row } from './types';

/** A lesson that may be written: everything decided, nothing stored. */
export interface ImportedSession {
  at: At;
  asked: Admitted['session'] & Pick<NewSession, 'minStudents'>;
  capacity: number | null;
  externalId: string;
  title: string;
  students: Person[];
  instructor: Person;
  terms: Terms;
  preparation: Preparation;
  admission: Answered;
  prepared: Answered;
}

export interface SessionGround {
  set: LoadedSet;
  /** Decision points whose policy is paused. */
  paused: readonly string[];
  load: Load;
  /** Closures and time off that are not over. */
  closures: readonly ClosureRow[];
  people: People;
  guardiansOf: ReadonlyMap<string, (PersonRow & { studentId: string })[]>;
  known: ReadonlyMap<string, KnownSession>;
  remembered: Remembered;
  defaults: { zone: string | null; currency: string | null };
  faults: Faults;
}

export class SessionsCheck {
  readonly created: ImportedSession[] = [];
  /** Rows of lessons that are here, and that are others than before. */
  private readonly otherwise: { row: Row; externalId: string; id: string }[] = [];
  readonly changed: ChangedSession[] = [];
  unchanged = 0;
  private readonly once: Once;

  constructor(
    private readonly ctx: Context,
    private readonly tx: Tx,
    private readonly ground: SessionGround,
  ) {
    this.once = new Once(ground.faults, 'externalId');
  }

  /** Takes a row in, or says what is wrong with it. */
  async take(row: Row): Promise<void> {
    const { at, values } = row;
    const { faults, known, remembered } = this.ground;
    const externalId = values.externalId as string;
    if (!this.once.isFirst(at, externalId)) return;
    const before = known.get(externalId);
    const isAsBefore = remembered.isAsBefore(externalId, row);
    if (before && isAsBefore) return void this.unchanged++;
    if (before) return void this.otherwise.push({ row, externalId, id: before.id });
    if (isNamed(row, faults)) await this.admit(row, externalId);
  }

  /** Compares the rows of lessons that are here with what they are now, once all rows are taken. */
  async compare(): Promise<void> {
    const { remembered, defaults, faults } = this.ground;
    const found =
      this.otherwise.length === 0
        ? []
        : await importedDetails(
            this.tx,
            this.otherwise.map((o) => o.id),
          );
    const here = new Map(found.map((s) => [s.id, s]));
    for (const { row, externalId, id } of this.otherwise) {
      const people = lessonPeople(row, this.ground.people, faults);
      if (!people) continue;
      const [session, takenAtRev] = [here.get(id)!, remembered.revOf(externalId)];
      const changed = changedBy(row, externalId, { session, takenAtRev, people, zone: defaults.zone, asOf: this.ctx.asOf, faults });
      if (changed) this.changed.push(changed);
    }
  }

  private refuse(at: At, column: string, why: { fault: string; remedy: string }): null {
    this.ground.faults.add(at, column, why);
    return null;
  }

  private async admit(row: Row, externalId: string): Promise<void> {
    const { at, values } = row;
    const { set, paused, load, defaults } = this.ground;
    const found = lessonPeople(row, this.ground.people, this.ground.faults);
    if (!found) return;
    const { students, instructor } = found;
    const anchorZone = given<string>(row, 'zone') ?? defaults.zone ?? students[0]!.zone;
    const times = timesOf(row, { zone: anchorZone, asOf: this.ctx.asOf }, this.ground.faults);
    if (!times) return;
    const label = (name: string): string | null => given<string>(row, name) ?? null;
    const isTrial = given<boolean>(row, 'isTrial') ?? false;
    const minStudents = given<number>(row, 'minStudents') ?? null;
    const labels = { programme: label('programme'), branch: label('branch'), subject: label('subject') };
    const asked = { id: newId(), rev: 1, ...times, ...labels, anchorZone, isTrial, minStudents };
    const admission = answer(set, this.question({ asked, students, instructor }, load), paused);
    const prepared = answer(set, preparationQuestion(asked, { students: students.length, seq: 'booking', asOf: this.ctx.asOf }), paused);
    const terms = await this.termsFor(row, admission);
    if (!terms) return;
    const preparation = preparationOf(prepared.decision.outcome, asked, this.ctx.asOf);
    const { title } = values as { title: string };
    for (const p of [...students, instructor]) load.take(p.id, times.startsAt);
    const capacity = given<number>(row, 'capacity') ?? null;
    this.created.push({
      at,
      capacity,
      asked,
      externalId,
      title,
      students,
      instructor,
      terms,
      preparation,
      admission,
      prepared,
    });
  }

  private question({ asked, students, instructor }: Pick<ImportedSession, 'asked' | 'students' | 'instructor'>, load: Load): Question {
    const people = [...students, instructor];
    const guardians = students.flatMap((s) => this.ground.guardiansOf.get(s.id) ?? []);
    const closures = this.ground.closures.filter((c) => fallsOn(c, { ...asked, personIds: people.map((p) => p.id) }));
    const around = load.around(people, instructor, asked.startsAt);
    return admissionQuestion(this.ctx, { seq: 'booking', session: asked, students, instructor, guardians, closures, around });
  }

  /** Whether the rules would have said the same of each lesson, had these been booked before; `load` knows of them, and not of the rows. */
  isAdmittedBeside(meanwhile: readonly Taken[], load: Load): boolean {
    const { set, paused } = this.ground;
    const booked = new Set(meanwhile.map((t) => t.personId));
    return this.created.every((s) => {
      const people = [...s.students, s.instructor];
      const isConcerned = people.some((p) => booked.has(p.id));
      const isSame = !isConcerned || isDeepStrictEqual(answer(set, this.question(s, load), paused).decision.outcome, s.admission.decision.outcome);
      for (const p of people) load.take(p.id, s.asked.startsAt);
      return isSame;
    });
  }

  private async termsFor(row: Row, admission: Answered): Promise<Terms | null> {
    const { faults, defaults } = this.ground;
    if (admission.decision.outcome.verdict !== 'refuse') return agreedTerms(row, admission.decision, { currency: defaults.currency, faults });
    const { sentence } = await explainRow(this.tx, admission.row);
    const fault = `the rules refuse this lesson: ${sentence}`;
    return this.refuse(row.at, 'startsAt', { fault, remedy: 'mend the row, or the admission policy' });
  }
}
