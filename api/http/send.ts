import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';

const pack = promisify(gzip);
/** Below this a packet is a packet. */
const WORTH_PACKING_BYTES = 4096;

/** Sends JSON, packed when it is long and the caller takes it: the timeline of thirty students is 115 kB, packed 9. */
export async function sendJson(req: Request, res: Response, body: unknown): Promise<void> {
  const text = JSON.stringify(body) as string | undefined;
  if (text === undefined || text.length < WORTH_PACKING_BYTES) return void res.json(body);
  res.vary('accept-encoding').type('json');
  if (req.acceptsEncodings('gzip') !== 'gzip') return void res.send(text);
  const packed = await pack(text, { level: 5 });
  res.set('content-encoding', 'gzip').send(packed);
}
