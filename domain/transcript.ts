import { createHash } from 'node:crypto';

/** One line of a lesson. Times are ms from the beginning of the recording. */
export interface TranscriptLine {
  startMs: number;
  stopMs: number;
  speaker: string;
  text: string;
}
/** What was odd but not wrong: places are "line N". */
export interface TranscriptReport {
  lines: number;
  speakers: string[];
  durationMs: number;
  remarks: { code: 'implausible-jump' | 'out-of-order' | 'cleaned'; place: string; detail: string }[];
}

export class TranscriptError extends Error {
  override readonly name = 'TranscriptError';
  constructor(
    readonly code: 'transcript-not-a-list' | 'transcript-empty' | 'transcript-line-invalid' | 'transcript-time-invalid' | 'transcript-too-large',
    readonly place: string,
    message: string,
    readonly remedy: string,
  ) {
    super(`${place}: ${message}`);
  }
}

export const MOST_LINES = 20_000;
const MOST_CHARACTERS = 4_000_000;
const MOST_REMARKS = 50;
/** A pause of half an hour inside a lesson is more likely a fault of the recorder than a pause. */
const IMPLAUSIBLE_MS = 30 * 60_000;
const TIME = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?$/;

/** "MM:SS.cc" or "H:MM:SS.cc" as ms; minutes may pass 59. Null when it is neither. */
export function parseTime(text: string): number | null {
  const found = TIME.exec(text);
  if (!found) return null;
  const [, hours, minutes, seconds, fraction] = found;
  if (Number(seconds) > 59) return null;
  const ms = fraction ? Number(fraction.padEnd(3, '0')) : 0;
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms;
}

/** "M:SS", minutes may pass 59: how a claim names its time. */
export const formatAt = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')}`;

// Lone surrogates and characters that turn the direction of a text around have no place in words that a person will read.
const UNWANTED = /[\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function readText(value: unknown, place: string, field: string): string {
  if (typeof value !== 'string') throw new TranscriptError('transcript-line-invalid', `${place}, ${field}`, 'is not a text', 'give a string');
  if (value.includes('\u0000')) throw new TranscriptError('transcript-line-invalid', `${place}, ${field}`, 'holds a NUL character', 'take it out');
  return value;
}

function readTime(value: unknown, place: string, field: string): number {
  const ms = typeof value === 'string' ? parseTime(value) : null;
  if (ms === null) {
    throw new TranscriptError('transcript-time-invalid', `${place}, ${field}`, `${JSON.stringify(value)?.slice(0, 40)} is not a time`, 'write MM:SS.cc or H:MM:SS.cc');
  }
  return ms;
}

/**
 * Reads a transcript: a list of {start, stop, speaker, dialogue}. Lines out of order and implausible jumps are reported, not
 * refused. Throws TranscriptError with code, place and remedy.
 */
export function parseTranscript(input: unknown): { lines: TranscriptLine[]; report: TranscriptReport } {
  if (!Array.isArray(input)) throw new TranscriptError('transcript-not-a-list', 'transcript', 'is not a list of lines', 'give [{start, stop, speaker, dialogue}]');
  if (input.length === 0) throw new TranscriptError('transcript-empty', 'transcript', 'has no lines', 'give at least one line');
  if (input.length > MOST_LINES) throw new TranscriptError('transcript-too-large', 'transcript', `has ${input.length} lines`, `give at most ${MOST_LINES}`);
  const remarks: TranscriptReport['remarks'] = [];
  const remark = (code: TranscriptReport['remarks'][number]['code'], place: string, detail: string): void => {
    if (remarks.length < MOST_REMARKS) remarks.push({ code, place, detail });
  };
  const lines: TranscriptLine[] = [];
  let characters = 0;
  for (const [i, raw] of input.entries()) {
    const place = `line ${i + 1}`;
    if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) throw new TranscriptError('transcript-line-invalid', place, 'is not an object', 'give {start, stop, speaker, dialogue}');
    const value = raw as Record<string, unknown>;
    const text = readText(value.dialogue, place, 'dialogue');
    const speaker = readText(value.speaker, place, 'speaker').trim().slice(0, 100);
    characters += text.length;
    if (characters > MOST_CHARACTERS) throw new TranscriptError('transcript-too-large', place, `the words pass ${MOST_CHARACTERS} characters`, 'split the transcript');
    const startMs = readTime(value.start, place, 'start');
    const stopMs = readTime(value.stop, place, 'stop');
    if (stopMs < startMs) throw new TranscriptError('transcript-time-invalid', `${place}, stop`, 'is before start', 'swap the two');
    const cleaned = text.replace(UNWANTED, '');
    if (cleaned !== text) remark('cleaned', place, 'characters that turn the text around or stand for nothing were taken out');
    const before = lines.at(-1);
    if (before && startMs < before.startMs) remark('out-of-order', place, `starts ${formatAt(startMs)}, before the line above`);
    if (before && startMs - before.stopMs > IMPLAUSIBLE_MS) remark('implausible-jump', place, `jumps from ${formatAt(before.stopMs)} to ${formatAt(startMs)}`);
    lines.push({ startMs, stopMs, speaker, text: cleaned.trim() });
  }
  return { lines, report: { lines: lines.length, speakers: [...new Set(lines.map((l) => l.speaker))].slice(0, 50), durationMs: spokenSpan(lines), remarks } };
}

/** From the first word to the last, without implausible jumps. */
function spokenSpan(lines: readonly TranscriptLine[]): number {
  let total = 0;
  for (const [i, line] of lines.entries()) {
    const gap = i === 0 ? 0 : Math.max(0, line.startMs - lines[i - 1]!.stopMs);
    total += line.stopMs - line.startMs + (gap > IMPLAUSIBLE_MS ? 0 : gap);
  }
  return total;
}

export const hashTranscript = (lines: readonly TranscriptLine[]): string => createHash('sha256').update(JSON.stringify(lines)).digest('hex');
