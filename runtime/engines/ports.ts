import { createConnection, createServer, type AddressInfo } from 'node:net';

/** A port of this machine that is free now: the preferred one if it is. Another program may still take it before it is used. */
export function freePort(preferred?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => (preferred ? freePort().then(resolve, reject) : reject(new Error('no port is free on 127.0.0.1'))));
    server.listen(preferred ?? 0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (ok: boolean) => () => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
