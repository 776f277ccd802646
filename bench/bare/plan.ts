import { rows } from '../../db/database';
import type { Ground } from '../ground';

type Json = Record<string, unknown>;

/** What a phase of the bare workflow writes and sends. */
export interface Phase {
  /** One INSERT a table, of as many rows as Lectern left. */
  inserts: { table: string; columns: string[]; rows: Json[] }[];
  mails: { template: string; to: string }[];
}
export type PhaseName = keyof typeof TIMELINE;
export type Plan = Record<PhaseName, Phase>;

/** Which lines of the timeline a phase leaves, `message.accepted` aside: one for each mail. */
const TIMELINE = {
  book: ['session.booked'],
  confirm: [],
  prepare: ['room.opened', 'credentials.issued'],
  remind: [],
  cover: ['coverage.complete'],
  open: ['lesson.started', 'recording.expected'],
  joined: ['participant.arrived'],
  started: ['recording.started'],
  end: ['lesson.ended'],
  left: [],
  ready: ['recording.ready'],
  transcript: ['transcript.received', 'transcript.stored', 'transcript.ready'],
  draft: ['held'],
  decide: ['held-step.decided'],
  finish: ['documentation.finished'],
  update: [],
  settle: ['charge.posted', 'payout.posted', 'session.settled'],
} satisfies Record<string, string[]>;

/** The rows of one session that Lectern took through the standard path, by table. Obligations, decisions and outbox are left out. */
const READ: Record<string, string> = {
  sessions: 'SELECT to_jsonb(t) AS row FROM sessions t WHERE id = ?',
  participants: 'SELECT to_jsonb(t) AS row FROM participants t WHERE session_id = ?',
  rooms: 'SELECT to_jsonb(t) AS row FROM rooms t WHERE session_id = ?',
  credentials: 'SELECT to_jsonb(t) AS row FROM credentials t WHERE session_id = ?',
  session_phases: 'SELECT to_jsonb(t) AS row FROM session_phases t WHERE session_id = ?',
  timeline: 'SELECT to_jsonb(t) AS row FROM timeline t WHERE session_id = ?',
  recordings: 'SELECT to_jsonb(t) AS row FROM recordings t WHERE session_id = ?',
  attendance_events: 'SELECT to_jsonb(t) AS row FROM attendance_events t WHERE session_id = ?',
  inbox: 'SELECT to_jsonb(t) AS row FROM inbox t WHERE session_id = ?',
  transcripts: 'SELECT to_jsonb(t) AS row FROM transcripts t WHERE session_id = ?',
  documents: 'SELECT to_jsonb(t) AS row FROM documents t WHERE session_id = ?',
  drafts: 'SELECT to_jsonb(t) AS row FROM drafts t JOIN documents d ON d.id = t.document_id WHERE d.session_id = ?',
  held_steps: 'SELECT to_jsonb(t) AS row FROM held_steps t WHERE session_id = ?',
  journals: 'SELECT to_jsonb(t) AS row FROM journals t WHERE session_id = ?',
  postings: 'SELECT to_jsonb(t) AS row FROM postings t JOIN journals j ON j.id = t.journal_id WHERE j.session_id = ?',
  attempts: `SELECT to_jsonb(t) || jsonb_build_object('kind', o.kind, 'step', o.step, 'template', o.template) AS row
             FROM attempts t JOIN obligations o ON o.id = t.obligation_id WHERE t.session_id = ?`,
};

const ATTEMPT_PHASE: Record<string, PhaseName> = {
  confirmation: 'confirm',
  assignment: 'confirm',
  credential: 'prepare',
  briefing: 'prepare',
  'reminder/day-before': 'prepare',
  'reminder/hour-before': 'remind',
  review: 'draft',
  update: 'update',
};

/** In which phase a plain program would write each row. */
function phaseOf(table: string, row: Json): PhaseName {
  const byTable: Partial<Record<string, PhaseName>> = {
    sessions: 'book',
    participants: 'book',
    rooms: 'prepare',
    credentials: 'prepare',
    recordings: 'open',
    transcripts: 'transcript',
    documents: 'draft',
    drafts: 'draft',
    held_steps: 'draft',
    journals: 'settle',
    postings: 'settle',
  };
  if (table === 'attempts') return ATTEMPT_PHASE[row.kind as string] ?? ATTEMPT_PHASE[`${row.kind as string}/${row.step as string}`]!;
  if (table === 'session_phases')
    return row.phase === 'room' ? 'prepare' : row.phase === 'coverage' ? 'cover' : row.phase === 'opened' ? 'open' : 'settle';
  if (table === 'attendance_events') return row.kind as 'joined' | 'left';
  if (table === 'inbox')
    return (row.type as string).split('.')[1] === 'ready' && row.type !== 'recording.ready'
      ? 'transcript'
      : ((row.type as string).split('.')[1] as PhaseName);
  if (table === 'timeline')
    return (Object.keys(TIMELINE) as PhaseName[]).find((p) => (TIMELINE[p] as string[]).includes(row.kind as string)) ?? 'confirm';
  return byTable[table]!;
}

const OF_THE_DATABASE: Record<string, string[]> = {
  timeline: ['id'],
  postings: ['id'],
  attempts: ['kind', 'step', 'template'],
};

/** Makes plain tables (a primary key and nothing else) and the plan of what the bare workflow writes into them. */
export async function makePlan(ground: Ground, sessionId: string): Promise<Plan> {
  const plan = Object.fromEntries(Object.keys(TIMELINE).map((name) => [name, { inserts: [], mails: [] }])) as unknown as Plan;
  const add = (table: string, name: PhaseName, row: Json): void => {
    const kept = Object.fromEntries(Object.entries(row).filter(([column]) => !OF_THE_DATABASE[table]?.includes(column)));
    const there = plan[name].inserts.find((i) => i.table === table);
    if (there) there.rows.push(kept);
    else plan[name].inserts.push({ table, columns: Object.keys(kept), rows: [kept] });
  };
  let accepted: Json | undefined;
  for (const [table, sql] of Object.entries(READ)) {
    const found = await ground.db.inOrganisation(ground.organisationId, (tx) => rows<{ row: Json }>(tx, sql, [sessionId]));
    for (const { row } of found) {
      if (table === 'timeline' && row.kind === 'message.accepted') accepted = row;
      else add(table, phaseOf(table, row), row);
      if (table !== 'attempts') continue;
      plan[phaseOf(table, row)].mails.push({ template: row.template as string, to: row.recipient as string });
      if (accepted) add('timeline', phaseOf(table, row), accepted);
    }
  }
  await ground.owner.query('CREATE SCHEMA plain; GRANT USAGE ON SCHEMA plain TO lectern_app');
  for (const table of Object.keys(READ)) {
    const { rows: key } = await ground.owner.query<{ def: string }>(
      `SELECT pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conrelid = ('public.' || $1)::regclass AND contype = 'p'`,
      [table],
    );
    await ground.owner.query(
      `CREATE TABLE plain.${table} (LIKE public.${table} INCLUDING IDENTITY, ${key[0]!.def}); GRANT SELECT, INSERT, UPDATE ON plain.${table} TO lectern_app`,
    );
  }
  return plan;
}
