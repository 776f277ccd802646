import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createSocket } from 'node:dgram';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withFileLock } from '../../runtime/engines/file-lock';

const MODULE = 'github.com/livekit/livekit-server/cmd/server@v1.13.5';
const BUILD_MS = 10 * 60_000;
export const KEY = 'lectern-test';
export const SECRET = 'invented-secret-of-at-least-32-characters';

const cacheFolder = (): string => path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'lectern', 'bin');
const onPath = (name: string): string | null =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file)) ?? null;

function build(into: string): Promise<string | null> {
  const folder = `${into}.new`;
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' };
  return new Promise((resolve) => {
    execFile('go', ['install', MODULE], { env, timeout: BUILD_MS, cwd: os.tmpdir(), maxBuffer: 64 << 20 }, (error) => {
      if (error) return resolve(null);
      renameSync(path.join(folder, 'server'), into);
      resolve(into);
    });
  });
}

/** A livekit-server: on the PATH, in our cache, or built with Go once a machine; null where there is neither Go nor a network. */
export async function liveKitBinary(): Promise<string | null> {
  const cached = path.join(cacheFolder(), 'livekit-server');
  const known = onPath('livekit-server') ?? (existsSync(cached) ? cached : null);
  if (known) return known;
  if (!onPath('go')) return null;
  mkdirSync(cacheFolder(), { recursive: true });
  return withFileLock(`${cached}.lock`, () => (existsSync(cached) ? Promise.resolve(cached) : build(cached)));
}

const freeTcpPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
const freeUdpPort = (): Promise<number> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

/** A real LiveKit server on this machine alone, whose webhooks pass through here: a test may lose some of them, as LiveKit does. */
export class LiveKitServer {
  /** Events that do not reach Lectern. */
  loses: (event: { event: string; room?: { name: string }; participant?: { identity: string } }) => boolean = () => false;
  private child: ChildProcess | undefined;
  private relay: Server | undefined;
  private ports = { http: 0, tcp: 0, udp: 0 };

  constructor(private readonly binary: string) {}

  get url(): string {
    return `ws://127.0.0.1:${this.ports.http}`;
  }

  async choosePorts(): Promise<void> {
    this.ports = { http: await freeTcpPort(), tcp: await freeTcpPort(), udp: await freeUdpPort() };
  }

  async start(lecternUrl: string): Promise<void> {
    const relay = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const body = Buffer.concat(chunks);
        if (this.loses(JSON.parse(body.toString()) as Parameters<LiveKitServer['loses']>[0])) return void res.writeHead(200).end();
        const headers = { authorization: req.headers.authorization ?? '', 'content-type': req.headers['content-type'] ?? '' };
        fetch(`${lecternUrl}/v1/inbound/livekit`, { method: 'POST', headers, body }).then(
          (answer) => res.writeHead(answer.status).end(),
          () => res.writeHead(502).end(),
        );
      });
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    this.relay = relay;
    const { port } = relay.address() as AddressInfo;
    const config = {
      port: this.ports.http,
      bind_addresses: ['127.0.0.1'],
      rtc: { tcp_port: this.ports.tcp, udp_port: this.ports.udp, use_external_ip: false, node_ip: '127.0.0.1', enable_loopback_candidate: true },
      keys: { [KEY]: SECRET },
      // A token alone makes no room: the one of a lesson that has moved on is worthless.
      room: { auto_create: false },
      webhook: { api_key: KEY, urls: [`http://127.0.0.1:${port}/`] },
      logging: { level: 'error' },
    };
    this.child = spawn(this.binary, ['--config-body', JSON.stringify(config)], { stdio: 'ignore' });
    const answers = (): Promise<boolean> =>
      fetch(this.url.replace('ws', 'http')).then(
        (r) => r.ok,
        () => false,
      );
    for (const end = Date.now() + 30_000; !(await answers()); await sleep(200)) {
      if (Date.now() > end) throw new Error('livekit-server does not answer');
    }
  }

  /** kill -9, as when its machine is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    this.relay?.closeAllConnections();
    await new Promise((resolve) => (this.relay ? this.relay.close(resolve) : resolve(null)));
  }
}
