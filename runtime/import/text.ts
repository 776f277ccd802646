import { createReadStream } from 'node:fs';
import { UsageError } from '../cli/output';

/** `windows-1252` is what spreadsheets of the West write when they do not write UTF-8. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const cannot = (file: string, error: unknown): UsageError =>
  new UsageError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Name a CSV or JSON file.`);

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } catch (error) {
    throw cannot(file, error);
  }
}

function ofMark(file: string, first: Uint8Array): Encoding | null {
  const [a, b] = first;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0x50 && b === 0x4b) throw new UsageError(`${file}: is a workbook, not a table. Save each of its sheets as CSV (UTF-8), and name those.`);
  return null;
}

/** What a file is written in: as its mark says, UTF-8 where it is that, else Windows-1252, in which no byte is wrong. */
export async function encodingOf(file: string): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  let isUtf8 = true;
  for await (const chunk of bytesOf(file)) {
    const marked = isFirst ? ofMark(file, chunk) : null;
    if (marked) return marked;
    isFirst = false;
    try {
      if (isUtf8) decoder.decode(chunk, { stream: true });
    } catch {
      isUtf8 = false;
    }
  }
  try {
    if (isUtf8) decoder.decode();
  } catch {
    isUtf8 = false;
  }
  return isUtf8 ? 'utf-8' : 'windows-1252';
}

/** The text of a file in pieces; a mark of the byte order is taken off. */
export async function* textOf(file: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of bytesOf(file)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${file}: is not ${encoding}. Leave --encoding out, or name another.`);
    throw error;
  }
}
