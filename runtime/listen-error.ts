import { ToldError } from './told-error';

/** The server cannot listen where it is told to: says where, why, and what to do. */
export class ListenError extends ToldError {
  override readonly name = 'ListenError';
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const why: Record<string, string> = {
      EADDRINUSE: `PORT ${port} on ${host} is taken by another program\n  What to do: set PORT to a free one (0 takes any), or end what listens there`,
      EACCES: `PORT ${port} on ${host} needs more rights than this user has\n  What to do: set PORT to 1024 or higher (0 takes any free one)`,
    };
    super(
      why[cause.code ?? ''] ??
        `HOST ${host}, PORT ${port}: ${cause.message}\n  What to do: set HOST to an address of this machine, such as 127.0.0.1`,
      {
        cause,
      },
    );
  }
}
