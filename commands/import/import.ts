import { addAudit } from '../../db/audit';
import { availabilityOf, replaceAvailability } from '../../db/availability';
import { openingCounts, openings, postOpenings } from '../../db/import/balances';
import { everybody, everyConsent, everyGuardianship, upsertGuardianships, type KnownGuardianship } from '../../db/import/people';
import { beginImport } from '../../db/import/rows';
import { sessionsByExternalId, takenFrom } from '../../db/import/sessions';
import { coordinatorsWithShifts } from '../../db/people';
import { teachingOf } from '../../db/teaching';
import { pausedPolicies } from '../../db/pauses';
import { pgCode, type Tx } from '../../db/database';
import { loadActiveSet } from '../../decisions/rule-sets';
import { LecternError } from '../../domain/errors';
import { IMPORT_KINDS, type ImportKind } from '../../domain/import/columns';
import type { Context } from '../context';
import { planBalances, type BalancePlan } from './balances';
import { batches } from './batches';
import { findClashes } from './clashes';
import { Load } from './load';
import { PeopleCheck } from './people';
import { planAvailability, planGuardianships, type AvailabilityPlan, type GuardianshipPlan } from './relations';
import { Remembered } from './remembered';
import { replanGuardians } from './replan-guardians';
import { readRows } from './rows';
import { SessionsCheck } from './sessions';
import { Faults, type ImportOptions, type ImportReport, type Person, type Row, type Table, type Tally } from './types';
import { writePeople } from './write-people';
import { writeSessions } from './write-sessions';

/** How often a long import says how far it is. */
const EACH = 2_000;

/** Ends a transaction that was only to show what would be. */
class TakenBack extends Error {
  constructor(readonly report: ImportReport) {
    super('taken back');
  }
}

/**
 * Brings tables in, all or nothing: every row is read and checked, against the other rows and against what is here, before
 * anything is written. With a fault nothing is. Repeatable: a row that is as it was changes nothing. Throws `slot-clash` when
 * somebody booked one of the times meanwhile.
 */
export async function importTables(ctx: Context, tables: readonly Table[], options: ImportOptions): Promise<ImportReport> {
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const report = await new Import(ctx, tx, options).run(tables);
      if (options.dryRun || report.faultCount > 0) throw new TakenBack(report);
      return report;
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.report;
    if (pgCode(error) === '23P01' || pgCode(error) === '40P01')
      throw new LecternError('slot-clash', 'Somebody booked one of these times while they were brought in. Nothing was brought in; run it again.');
    throw error;
  }
}

class Import {
  private readonly faults = new Faults();
  private readonly people = new Map<string, Person>();
  private readonly report: ImportReport;
  private readonly rows = new Map<ImportKind, Row[]>(IMPORT_KINDS.map((kind) => [kind, []]));

  constructor(
    private readonly ctx: Context,
    private readonly tx: Tx,
    private readonly options: ImportOptions,
  ) {
    this.report = { dryRun: options.dryRun, quiet: options.quiet, files: [], tables: {}, held: 0, faults: this.faults.kept, faultCount: 0 };
  }

  private of(kind: ImportKind): Row[] {
    return this.rows.get(kind)!;
  }

  private tally(kind: ImportKind, { created, changed = 0, unchanged }: Omit<Tally, 'rows' | 'changed'> & { changed?: number }): void {
    if (this.of(kind).length > 0) this.report.tables[kind] = { rows: this.of(kind).length, created, changed, unchanged };
  }

  async run(tables: readonly Table[]): Promise<ImportReport> {
    for (const table of tables) {
      const { rows, file } = readRows(table, this.faults, this.options);
      this.report.files.push(file);
      this.of(table.kind).push(...rows);
    }
    await beginImport(this.tx);
    const everyone = (await everybody(this.tx)).map((p): Person => ({ ...p, isNew: false }));
    for (const p of everyone) if (p.externalId !== null) this.people.set(p.externalId, p);
    const people = await this.checkPeople(everyone);
    const knownGuardians = await everyGuardianship(this.tx);
    const guardianships = planGuardianships(this.of('guardianships'), this.people, knownGuardians, this.faults);
    const availability = await this.checkAvailability();
    const balances = await this.checkBalances();
    const guardians = this.guardians(everyone, knownGuardians, guardianships);
    const sessions = await this.checkSessions(guardians);
    this.report.faultCount = this.faults.count;
    this.tally('people', { created: people.plan.created.length, changed: people.plan.changed.length, unchanged: people.plan.unchanged });
    this.tally('guardianships', { created: guardianships.created.length, changed: guardianships.changed.length, unchanged: guardianships.unchanged });
    this.tally('availability', { created: availability.rows.length, unchanged: availability.unchanged });
    this.tally('sessions', { created: sessions.check.created.length, unchanged: sessions.check.unchanged });
    this.tally('balances', balances);
    if (this.faults.count === 0) await this.write({ people, guardianships, availability, balances, sessions, guardians, everyone });
    return this.report;
  }

  private async checkPeople(everyone: Person[]): Promise<PeopleCheck & { remembered: Remembered }> {
    const remembered = await Remembered.of(this.tx, 'people');
    const consents = new Map((await everyConsent(this.tx)).map((c) => [`${c.personId} ${c.kind}`, c.granted]));
    const check = new PeopleCheck(this.people, everyone, consents, { zone: this.options.habits.zone, faults: this.faults, remembered });
    for (const row of this.of('people')) check.take(row);
    return Object.assign(check, { remembered });
  }

  private async checkAvailability(): Promise<AvailabilityPlan> {
    const rows = this.of('availability');
    const named = new Set(rows.map((r) => this.people.get(r.values.person as string)).flatMap((p) => (p && !p.isNew ? [p.id] : [])));
    return planAvailability(rows, this.people, await availabilityOf(this.tx, [...named]), this.faults);
  }

  private async checkBalances(): Promise<BalancePlan> {
    const { currency } = this.options.habits;
    const known = await openings(this.tx);
    const counts = await openingCounts(this.tx);
    return planBalances(this.of('balances'), this.ctx.asOf, { people: this.people, known, counts, currency, faults: this.faults });
  }

  /** Who is to be told of each student, once the import is written. */
  private guardians(
    everyone: Person[],
    known: readonly KnownGuardianship[],
    plan: GuardianshipPlan,
  ): Map<string, (Person & { studentId: string })[]> {
    const byId = new Map([...everyone, ...this.people.values()].map((p) => [p.id, p]));
    const pairs = new Map([...known, ...plan.created, ...plan.changed].map((g) => [`${g.studentId} ${g.guardianId}`, g]));
    const of = new Map<string, (Person & { studentId: string })[]>();
    for (const g of pairs.values()) {
      const guardian = byId.get(g.guardianId);
      if (!guardian?.active || !g.canNotify) continue;
      (of.get(g.studentId) ?? of.set(g.studentId, []).get(g.studentId)!).push({ ...guardian, studentId: g.studentId });
    }
    return of;
  }

  private async checkSessions(
    guardiansOf: ReadonlyMap<string, (Person & { studentId: string })[]>,
  ): Promise<{ check: SessionsCheck; remembered: Remembered }> {
    const { ctx, tx, people, faults } = this;
    const { zone, currency } = this.options.habits;
    const remembered = await Remembered.of(tx, 'sessions');
    const rows = this.of('sessions');
    const found =
      rows.length === 0
        ? []
        : await sessionsByExternalId(
            tx,
            rows.map((r) => r.values.externalId as string),
          );
    const set = await loadActiveSet(tx);
    const paused = await pausedPolicies(tx);
    const known = new Map(found.map((s) => [s.externalId, s]));
    const named = new Set(rows.flatMap((r) => [...(r.values.students as string[]), r.values.instructor as string]));
    const here = [...named].flatMap((id) => {
      const p = people.get(id);
      return p && !p.isNew ? [p.id] : [];
    });
    const taken = here.length === 0 ? [] : await takenFrom(tx, here, ctx.asOf);
    const caps = new Map((await teachingOf(tx, here)).map((t) => [t.personId, t]));
    const load = new Load(taken, caps);
    const check = new SessionsCheck(ctx, tx, { set, paused, load, people, guardiansOf, known, remembered, defaults: { zone, currency }, faults });
    for (const [n, row] of rows.entries()) {
      await check.take(row);
      if ((n + 1) % EACH === 0) this.options.progress(`${n + 1} of ${rows.length} lessons checked`);
    }
    findClashes(check.created, taken, faults);
    return { check, remembered };
  }

  private async write(plan: {
    people: PeopleCheck & { remembered: Remembered };
    guardianships: GuardianshipPlan;
    availability: AvailabilityPlan;
    balances: BalancePlan;
    sessions: { check: SessionsCheck; remembered: Remembered };
    guardians: Map<string, (Person & { studentId: string })[]>;
    everyone: Person[];
  }): Promise<void> {
    const { ctx, tx } = this;
    const { quiet, progress } = this.options;
    const said = (what: string, of: number) => (done: number) => done % EACH === 0 && progress(`${done} of ${of} ${what} written`);
    const { people, guardianships, availability, balances, sessions, guardians } = plan;
    await writePeople(ctx, tx, people.plan, said('people', people.plan.created.length));
    const pairs = [...guardianships.created, ...guardianships.changed];
    const replans = await replanGuardians.before(tx, pairs, plan.everyone);
    for (const batch of batches(pairs)) await upsertGuardianships(tx, batch);
    await replanGuardians.after(ctx, tx, replans, quiet);
    if (availability.personIds.length > 0) await replaceAvailability(tx, availability.personIds, availability.rows);
    for (const batch of batches(balances.journals)) await postOpenings(tx, batch);
    const coordinators = await coordinatorsWithShifts(tx);
    const set = await loadActiveSet(tx);
    const paused = await pausedPolicies(tx);
    const { created } = sessions.check;
    const ground = { set, guardiansOf: guardians, coordinators, paused, quiet, progress: said('lessons', created.length) };
    this.report.held = await writeSessions(ctx, tx, created, ground);
    await people.remembered.remember(tx, ctx.asOf);
    await sessions.remembered.remember(tx, ctx.asOf);
    await addAudit(tx, ctx, 'import', 'organisation', ctx.organisationId, { quiet, tables: this.report.tables as never });
  }
}
