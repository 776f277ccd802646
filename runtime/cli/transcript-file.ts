import { readFileSync } from 'node:fs';
import { jsonFault, jsonFaultAt, placeIn } from '../../domain/json-place';
import { parseTranscript, TranscriptError } from '../../domain/transcript';
import { UsageError } from './output';

/** A line as it is handed over: what else the file says about it stays here. */
export interface GivenLine {
  start: string;
  stop: string;
  speaker: string;
  dialogue: string;
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}). Name a JSON file of [{start, stop, speaker, dialogue}].`,
    );
  }
  try {
    // A mark of the byte order, as some editors write, is taken off.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${file}: is not UTF-8. Save it as UTF-8.`);
  }
}

function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = placeIn(text, jsonFaultAt(text));
    throw new UsageError(`${file}: ${place}: is not JSON: ${jsonFault(error)}. Mend it there; a transcript is [{start, stop, speaker, dialogue}].`);
  }
}

/** Reads a transcript and refuses it, with file, place and remedy, before anything starts; `remark` hears what is odd but taken. */
export function readTranscriptFile(file: string, remark: (line: string) => void): GivenLine[] {
  const value = readJson(file);
  try {
    const { report } = parseTranscript(value);
    for (const r of report.remarks) remark(`${file}: ${r.place}: ${r.code}: ${r.detail}`);
    for (const [code, count] of Object.entries(report.counts)) {
      const shown = report.remarks.filter((r) => r.code === code).length;
      if (count > shown) remark(`${file}: ${code}: ${count - shown} more of these`);
    }
  } catch (error) {
    if (error instanceof TranscriptError) throw new UsageError(`${file}: ${error.message} (${error.code}). What to do: ${error.remedy}.`);
    throw error;
  }
  return (value as GivenLine[]).map(({ start, stop, speaker, dialogue }) => ({ start, stop, speaker, dialogue }));
}
