import { cpuSeconds } from '../cpu-seconds';
import { readRegistry } from '../engines/registry';
import type { Processes } from './processes';

/** Where the time of a week goes: CPU seconds by what used them. A killed process's last seconds before it was looked at are missing. */
export type CpuSeconds = Record<'worker' | 'server' | 'postgres' | 'temporal' | 'catcher' | 'simulator', number>;

/** Adds up what the processes of a week use, however often one of them is started anew. Nothing is counted where /proc does not tell. */
export class Usage {
  private readonly byProcess = new Map<string, { name: keyof CpuSeconds; first: number; last: number }>();

  constructor(
    private readonly home: string,
    private readonly processes: Processes,
  ) {}

  /** Often enough: what a process uses after it was looked at last, and before it ends, is not counted. */
  look(): void {
    const { postgres, temporal, catcher } = readRegistry(this.home);
    this.note('postgres', postgres?.pid);
    this.note('temporal', temporal?.pid);
    this.note('catcher', catcher?.pid);
    this.note('worker', this.processes.pidOf('worker'));
    this.note('server', this.processes.pidOf('server'));
    // Its children are counted by themselves.
    const { user, system } = process.cpuUsage();
    this.set('simulator', process.pid, (user + system) / 1e6);
  }

  private note(name: keyof CpuSeconds, pid: number | undefined): void {
    const seconds = pid === undefined ? Number.NaN : cpuSeconds(pid);
    if (!Number.isNaN(seconds)) this.set(name, pid!, seconds);
  }

  private set(name: keyof CpuSeconds, pid: number, seconds: number): void {
    const key = `${name} ${pid}`;
    // Worker and server are the week's from their start on.
    const before = name === 'worker' || name === 'server' ? 0 : seconds;
    this.byProcess.set(key, { name, first: this.byProcess.get(key)?.first ?? before, last: seconds });
  }

  /** Of the engines and of the simulator itself since they were first looked at. */
  total(): CpuSeconds {
    const total: CpuSeconds = { worker: 0, server: 0, postgres: 0, temporal: 0, catcher: 0, simulator: 0 };
    for (const { name, first, last } of this.byProcess.values()) total[name] += last - first;
    for (const name of Object.keys(total) as (keyof CpuSeconds)[]) total[name] = Math.round(total[name] * 10) / 10;
    return total;
  }
}
