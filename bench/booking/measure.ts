import { Pool } from 'pg';
import { bookSession } from '../../commands/book';
import { openDatabase } from '../../db/database';
import { HOUR, type Ground } from '../ground';
import { median } from '../measure';
import type { BenchOptions } from '../options';
import { makeCast, type Cast } from '../world';
import { layDownExisting } from './existing';
import { bookPlainly, plainBooking } from './plain';

const CLIENTS = [1, 8] as const;

export interface BookingFigures {
  ratio: number;
  existing: number;
  byClients: { clients: number; ratio: number; lecternPerSecond: number[]; plainPerSecond: number[] }[];
}

/** Runs `work` in so many loops at once for a while; gives how many were done a second. */
async function rate(clients: number, seconds: number, work: (client: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() - started < seconds * 1000) {
        await work(client);
        done++;
      }
    }),
  );
  return done / ((performance.now() - started) / 1000);
}

/**
 * Bookings a second: Lectern's transaction against a plain one that writes the same rows. Interleaved, with as many connections as
 * clients on both sides, and one for Lectern's notices; nobody wakes the workflows meanwhile. The lower of the ratios at 1 and at 8 clients counts.
 */
export async function measureBooking(ground: Ground, options: BenchOptions, progress: (line: string) => void): Promise<BookingFigures> {
  await layDownExisting(ground, options.existing, progress);
  const pool = new Pool({ connectionString: ground.engines.databaseUrl, max: 8 });
  const db = openDatabase({ url: ground.engines.databaseUrl, poolMax: 9, applicationName: 'bench-booking' });
  // Each client books its own people, a lesson after the other: what is measured is the booking, not who wins a race.
  const casts = await Promise.all(Array.from({ length: 8 }, (_, i) => makeCast(ground, 10_000 + i)));
  const next = casts.map(() => +ground.now() + 400 * 24 * HOUR);
  const book = async (client: number): Promise<string> => {
    const startsAt = new Date((next[client]! += 12 * HOUR));
    const { studentId, instructorId } = casts[client] as Cast;
    const input = { title: 'Measured', startsAt, endsAt: new Date(+startsAt + HOUR), studentIds: [studentId], instructorId };
    return (await bookSession({ ...ground.context(), db }, input)).sessionId;
  };
  try {
    const inserts = await plainBooking(ground, await book(0));
    const byClients = CLIENTS.map((clients) => ({ clients, ratio: 0, lecternPerSecond: [] as number[], plainPerSecond: [] as number[] }));
    // One unmeasured round, then each round both sides and both numbers of clients, the first of a pair in turn.
    for (let round = -1; round < options.bookingRounds; round++) {
      for (const figures of byClients) {
        const lectern = async (): Promise<number> => rate(figures.clients, options.bookingSeconds, book);
        const plain = async (): Promise<number> => rate(figures.clients, options.bookingSeconds, () => bookPlainly(pool, inserts));
        const [l, p] = round % 2 === 0 ? [await lectern(), await plain()] : [await plain(), await lectern()].reverse();
        if (round < 0) continue;
        figures.lecternPerSecond.push(l!);
        figures.plainPerSecond.push(p!);
      }
    }
    for (const figures of byClients) figures.ratio = median(figures.lecternPerSecond) / median(figures.plainPerSecond);
    return { ratio: Math.min(...byClients.map((f) => f.ratio)), existing: options.existing, byClients };
  } finally {
    await pool.end();
    await db.close();
  }
}
