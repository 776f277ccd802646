import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second, whatever the machine. */
const TICKS_PER_SECOND = 100;

interface Stat {
  pid: number;
  parent: number;
  /** Own time and that of children that have ended. */
  seconds: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
    return { pid, parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

/** CPU seconds that a process and its children have used, ended children included. NaN where /proc does not tell. */
export function cpuSeconds(pid: number): number {
  const own = statOf(pid);
  if (!own) return Number.NaN;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((s) => s !== undefined);
  return own.seconds + all.filter((s) => s.parent === pid).reduce((sum, s) => sum + s.seconds, 0);
}
