import express, { type Request, type Response } from 'express';
import { LecternError } from '../../domain/errors';
import { decodeUtf8, parseStrictJson } from './json';

const parsers = new Map<number, ReturnType<typeof express.raw>>();

/** The bytes of a body. Compressed bodies are refused (415): a bomb is small until it is opened. */
export async function readBytes(req: Request, res: Response, limitBytes: number): Promise<Buffer> {
  let parser = parsers.get(limitBytes);
  if (!parser) parsers.set(limitBytes, (parser = express.raw({ type: () => true, limit: limitBytes, inflate: false })));
  const read = parser;
  await new Promise<void>((resolve, reject) => read(req, res, (error?: unknown) => (error ? reject(error as Error) : resolve())));
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}

/** Reads a JSON body: content-type application/json in UTF-8 (415 otherwise), at most `limitBytes` (413). */
export async function readJson(req: Request, res: Response, limitBytes: number): Promise<unknown> {
  const type = req.headers['content-type'];
  const isJson = type !== undefined && /^\s*application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type);
  if (!isJson)
    throw new LecternError('unsupported-media-type', `The content-type is ${type === undefined ? 'missing' : 'not application/json in UTF-8'}.`);
  const bytes = await readBytes(req, res, limitBytes);
  if (bytes.length === 0) throw new LecternError('malformed-json', 'The body is empty.');
  return parseStrictJson(decodeUtf8(bytes));
}
