import { addAudit } from '../../db/audit';
import { closuresFrom } from '../../db/closures';
import { availabilityOf, replaceAvailability } from '../../db/availability';
import { openingCounts, openings, postOpenings } from '../../db/import/balances';
import { everybody, everyConsent, everyGuardianship, upsertGuardianships, type KnownGuardianship } from '../../db/import/people';
import { beginImport } from '../../db/import/rows';
import { sessionsByExternalId, sessionsLeftOut, takenFrom } from '../../db/import/sessions';
import { importedStrikes, upsertStrikes } from '../../db/import/strikes';
import { coordinatorsWithShifts } from '../../db/people';
import { homeZone } from '../../db/read/sessions';
import { insertSeries, seriesByExternalId } from '../../db/series';
import { teachingOf, writeTeaching } from '../../db/teaching';
import { termsOf } from '../../db/terms';
import { pausedPolicies } from '../../db/pauses';
import { pgCode, type Tx } from '../../db/database';
import { loadActiveSet } from '../../decisions/rule-sets';
import { LecternError } from '../../domain/errors';
import { IMPORT_KINDS, type ImportKind } from '../../domain/import/columns';
import { businessDate } from '../../domain/time';
import type { Context } from '../context';
import { planBalances, type BalancePlan } from './balances';
import { batches } from './batches';
import { findClashes, type Placed } from './clashes';
import { Load } from './load';
import { refuseMeanwhile, type Checked } from './meanwhile';
import { PeopleCheck } from './people';
import { planAvailability, planGuardianships, type AvailabilityPlan, type GuardianshipPlan } from './relations';
import { Remembered } from './remembered';
import { replanGuardians } from './replan-guardians';
import { readRows } from './rows';
import { SeriesCheck } from './series';
import { SessionsCheck } from './sessions';
import { planStrikes, type StrikesPlan } from './strikes';
import { planTeaching, type TeachingPlan } from './teaching';
import { Faults, type ImportOptions, type ImportReport, type Person, type Row, type Table, type Tally } from './types';
import { writeChanges } from './write-changes';
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

const externalIdsOf = (rows: readonly Row[]): string[] => rows.map((r) => r.values.externalId as string);

class Import {
  private readonly faults = new Faults();
  private readonly people = new Map<string, Person>();
  private readonly memories: Remembered[] = [];
  private readonly report: ImportReport;
  private checked!: Checked;
  private readonly rows = new Map<ImportKind, Row[]>(IMPORT_KINDS.map((kind) => [kind, []]));

  constructor(
    private readonly ctx: Context,
    private readonly tx: Tx,
    private readonly options: ImportOptions,
  ) {
    this.report = {
      dryRun: options.dryRun,
      quiet: options.quiet,
      files: [],
      tables: {},
      held: 0,
      changesHeld: 0,
      leftOut: 0,
      faults: this.faults.kept,
      faultCount: 0,
    };
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
    const teaching = await this.checkTeaching();
    const availability = await this.checkAvailability();
    const series = await this.checkSeries();
    const strikes = await this.checkStrikes();
    const balances = await this.checkBalances();
    const guardians = this.guardians(everyone, knownGuardians, guardianships);
    const sessions = await this.checkSessions(guardians, teaching);
    this.report.faultCount = this.faults.count;
    this.report.leftOut = this.of('sessions').length === 0 ? 0 : await sessionsLeftOut(this.tx, externalIdsOf(this.of('sessions')), this.ctx.asOf);
    this.tally('people', { created: people.plan.created.length, changed: people.plan.changed.length, unchanged: people.plan.unchanged });
    this.tally('guardianships', { created: guardianships.created.length, changed: guardianships.changed.length, unchanged: guardianships.unchanged });
    this.tally('teaching', teaching);
    this.tally('availability', { created: availability.rows.length, unchanged: availability.unchanged });
    const isOther = sessions.changed.filter((s) => s.inputs.length > 0);
    this.tally('series', { created: series.created.length, unchanged: series.unchanged });
    this.tally('sessions', {
      created: sessions.created.length,
      changed: isOther.length,
      unchanged: sessions.unchanged + sessions.changed.length - isOther.length,
    });
    this.tally('strikes', { created: strikes.created.length, changed: strikes.changed.length, unchanged: strikes.unchanged });
    this.tally('balances', balances);
    if (this.faults.count === 0)
      await this.write({ people, guardianships, teaching, availability, series, strikes, balances, sessions, guardians, everyone });
    return this.report;
  }

  /** What was taken before of a kind; what is taken now is remembered when all is written. */
  private async remembered(kind: ImportKind): Promise<Remembered> {
    const found = await Remembered.of(this.tx, kind);
    this.memories.push(found);
    return found;
  }

  private async checkPeople(everyone: Person[]): Promise<PeopleCheck> {
    const remembered = await this.remembered('people');
    const consents = new Map((await everyConsent(this.tx)).map((c) => [`${c.personId} ${c.kind}`, c.granted]));
    const check = new PeopleCheck(this.people, everyone, consents, { zone: this.options.habits.zone, faults: this.faults, remembered });
    for (const row of this.of('people')) check.take(row);
    return check;
  }

  private async checkTeaching(): Promise<TeachingPlan> {
    const { people, faults } = this;
    const rows = this.of('teaching');
    const named = rows.flatMap((r) => people.get(r.values.person as string)?.id ?? []);
    return planTeaching(rows, { people, known: await teachingOf(this.tx, named), remembered: await this.remembered('teaching'), faults });
  }

  private async checkSeries(): Promise<SeriesCheck> {
    const { ctx, tx, people, faults } = this;
    const rows = this.of('series');
    const known = await seriesByExternalId(tx, externalIdsOf(rows));
    const { quiet, habits, progress } = this.options;
    const check = new SeriesCheck(ctx, { people, known, remembered: await this.remembered('series'), zone: habits.zone, quiet, faults });
    for (const [n, row] of rows.entries()) {
      check.take(row);
      if ((n + 1) % EACH === 0) progress(`${n + 1} of ${rows.length} series checked`);
    }
    return check;
  }

  private async checkStrikes(): Promise<StrikesPlan> {
    const { ctx, tx, people, faults } = this;
    const rows = this.of('strikes');
    const today = businessDate(+ctx.asOf, await homeZone(tx));
    const known = await importedStrikes(tx, externalIdsOf(rows));
    return planStrikes(rows, { people, known, terms: await termsOf(tx), today, remembered: await this.remembered('strikes'), faults });
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

  private async checkSessions(guardiansOf: ReadonlyMap<string, (Person & { studentId: string })[]>, teaching: TeachingPlan): Promise<SessionsCheck> {
    const { ctx, tx, people, faults } = this;
    const { zone, currency } = this.options.habits;
    const remembered = await this.remembered('sessions');
    const rows = this.of('sessions');
    const found = rows.length === 0 ? [] : await sessionsByExternalId(tx, externalIdsOf(rows));
    const set = await loadActiveSet(tx);
    const paused = await pausedPolicies(tx);
    const known = new Map(found.map((s) => [s.externalId, s]));
    const named = new Set(rows.flatMap((r) => [...(r.values.students as string[]), r.values.instructor as string]));
    const here = [...named].flatMap((id) => {
      const p = people.get(id);
      return p && !p.isNew ? [p.id] : [];
    });
    const taken = here.length === 0 ? [] : await takenFrom(tx, here, ctx.asOf);
    const caps = new Map([...(await teachingOf(tx, here)), ...teaching.rows].map((t) => [t.personId, t]));
    const load = new Load(taken, caps);
    const closures = await closuresFrom(tx, ctx.asOf);
    const check = new SessionsCheck(ctx, tx, {
      set,
      paused,
      load,
      closures,
      people,
      guardiansOf,
      known,
      remembered,
      defaults: { zone, currency },
      faults,
    });
    for (const [n, row] of rows.entries()) {
      await check.take(row);
      if ((n + 1) % EACH === 0) this.options.progress(`${n + 1} of ${rows.length} lessons checked`);
    }
    await check.compare();
    const changing = new Set(check.changed.map((s) => s.id));
    const placed = check.created.map((s): Placed => ({ ...s, ...s.asked, bufferMinutes: s.preparation.bufferMinutes }));
    findClashes(
      [...placed, ...check.changed],
      taken.filter((t) => !changing.has(t.sessionId)),
      faults,
    );
    this.checked = { closures, personIds: here, taken, caps, check };
    return check;
  }

  private async write(plan: {
    people: PeopleCheck;
    guardianships: GuardianshipPlan;
    teaching: TeachingPlan;
    availability: AvailabilityPlan;
    series: SeriesCheck;
    strikes: StrikesPlan;
    balances: BalancePlan;
    sessions: SessionsCheck;
    guardians: Map<string, (Person & { studentId: string })[]>;
    everyone: Person[];
  }): Promise<void> {
    const { ctx, tx } = this;
    const { quiet, progress } = this.options;
    const said = (what: string, of: number) => (done: number) => done % EACH === 0 && progress(`${done} of ${of} ${what} written`);
    const { people, guardianships, teaching, availability, series, strikes, balances, sessions, guardians } = plan;
    await writePeople(ctx, tx, people.plan, said('people', people.plan.created.length));
    const pairs = [...guardianships.created, ...guardianships.changed];
    const replans = await replanGuardians.before(tx, pairs, plan.everyone);
    for (const batch of batches(pairs)) await upsertGuardianships(tx, batch);
    await replanGuardians.after(ctx, tx, replans, quiet);
    for (const batch of batches(teaching.rows)) await writeTeaching(tx, batch);
    if (availability.personIds.length > 0) await replaceAvailability(tx, availability.personIds, availability.rows);
    for (const batch of batches(series.created)) await insertSeries(tx, batch);
    for (const batch of batches([...strikes.created, ...strikes.changed])) await upsertStrikes(tx, batch, ctx.asOf);
    for (const batch of batches(balances.journals)) await postOpenings(tx, batch);
    const coordinators = await coordinatorsWithShifts(tx);
    const set = await loadActiveSet(tx);
    const paused = await pausedPolicies(tx);
    const changes = await writeChanges(ctx, tx, sessions.changed, { quiet, faults: this.faults });
    this.report.faultCount = this.faults.count;
    // All of it is taken back; a lesson that could not move still has the time that another may want.
    if (this.faults.count > 0) return;
    const { created } = sessions;
    const ground = { set, guardiansOf: guardians, coordinators, paused, quiet, progress: said('lessons', created.length) };
    this.report.held = await writeSessions(ctx, tx, created, ground);
    this.report.changesHeld = changes.held;
    const revs = new Map(sessions.changed.map((s) => [s.externalId, changes.revs.get(s.id)!]));
    for (const memory of this.memories) await memory.remember(tx, ctx.asOf, memory.kind === 'sessions' ? revs : undefined);
    await refuseMeanwhile(tx, this.checked, ctx.asOf);
    await addAudit(tx, ctx, 'import', 'organisation', ctx.organisationId, { quiet, tables: this.report.tables as never });
  }
}
