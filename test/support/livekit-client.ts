import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** A real client of LiveKit, as somebody has on a device. */
export class LiveKitClient {
  private readonly child: ChildProcess;
  private said = '';

  constructor(url: string, token: string) {
    this.child = spawn(process.execPath, [path.join(__dirname, 'livekit-device.mjs'), url, token], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdout!.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
  }

  /** Waits for what it says: connected, disconnected or refused. */
  async says(what: 'connected' | 'disconnected' | 'refused'): Promise<void> {
    for (const end = Date.now() + 60_000; !this.said.includes(what); await new Promise((r) => setTimeout(r, 50))) {
      if (Date.now() > end) throw new Error(`a client did not say ${what} but: ${this.said}`);
    }
  }

  async leave(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin!.end();
    await gone;
  }

  /** The device is gone without a word: battery, tunnel, closed laptop. */
  async vanish(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}
