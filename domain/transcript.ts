import { sha256 } from './ids';

/** One line of a lesson. Times are ms from the beginning of the recording, as given. */
export interface TranscriptLine {
  startMs: number;
  stopMs: number;
  speaker: string;
  text: string;
}
export const REMARKS = ['implausible-jump', 'out-of-order', 'overlap', 'cleaned', 'no-speaker'] as const;
export type RemarkCode = (typeof REMARKS)[number];

/** What was odd but not wrong. `remarks` holds the first few of each code with their place ("line N"), `counts` how many there were. */
export interface TranscriptReport {
  lines: number;
  speakers: string[];
  /** From the first word to the last, without implausible jumps. */
  durationMs: number;
  counts: Record<RemarkCode, number>;
  remarks: { code: RemarkCode; place: string; detail: string }[];
}

/** The one error of parseTranscript: `place` says where ("line 17, start"), `remedy` what to do next. */
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
/** Of words: ten times the longest day of lessons. */
export const MOST_BYTES = 2 * 1024 * 1024;
const MOST_SPEAKER = 100;
const MOST_REMARKS_EACH = 20;
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

// Lone surrogates, marks that turn the direction of a text around, and control characters have no place in words for people.
const UNWANTED =
  /[\u0001-\u0008\u000b-\u000c\u000e-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

type Remark = (code: RemarkCode, place: string, detail: string) => void;

const refuse = (code: TranscriptError['code'], place: string, message: string, remedy: string): never => {
  throw new TranscriptError(code, place, message, remedy);
};

function readText(value: unknown, place: string, remark: Remark): string {
  if (typeof value !== 'string') return refuse('transcript-line-invalid', place, 'is not a text', 'give a string');
  if (value.includes('\u0000')) return refuse('transcript-line-invalid', place, 'holds a NUL character', 'take it out');
  const cleaned = value.replace(UNWANTED, '');
  if (cleaned !== value) remark('cleaned', place, 'characters that turn the text around or stand for nothing were taken out');
  return cleaned.trim();
}

function readTime(value: unknown, place: string): number {
  const ms = typeof value === 'string' ? parseTime(value) : null;
  const shown = JSON.stringify(value)?.slice(0, 40) ?? 'nothing';
  return ms ?? refuse('transcript-time-invalid', place, `${shown} is not a time`, 'write MM:SS.cc or H:MM:SS.cc');
}

function readSpeaker(value: unknown, place: string, remark: Remark): string {
  const speaker = readText(value, `${place}, speaker`, remark).replace(/\s+/g, ' ');
  if (speaker === '') remark('no-speaker', place, 'nobody is named as speaking; "Unknown" stands for them');
  if (speaker.length > MOST_SPEAKER) remark('cleaned', `${place}, speaker`, `was cut to ${MOST_SPEAKER} characters`);
  // Cut by characters, not by code units: half a character is a lone surrogate.
  return speaker === '' ? 'Unknown' : [...speaker].slice(0, MOST_SPEAKER).join('');
}

function readLine(raw: unknown, place: string, remark: Remark): TranscriptLine {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    return refuse('transcript-line-invalid', place, 'is not an object', 'give {start, stop, speaker, dialogue}');
  }
  const value = raw as Record<string, unknown>;
  const startMs = readTime(value.start, `${place}, start`);
  const stopMs = readTime(value.stop, `${place}, stop`);
  if (stopMs < startMs) return refuse('transcript-time-invalid', `${place}, stop`, 'is before start', 'swap the two');
  return { startMs, stopMs, speaker: readSpeaker(value.speaker, place, remark), text: readText(value.dialogue, `${place}, dialogue`, remark) };
}

/** Says how a line sits on the line before it, when that is odd. */
function remarkOrder(line: TranscriptLine, before: TranscriptLine | undefined, place: string, remark: Remark): void {
  if (line.stopMs - line.startMs > IMPLAUSIBLE_MS)
    remark('implausible-jump', place, `lasts from ${formatAt(line.startMs)} to ${formatAt(line.stopMs)}`);
  if (!before) return;
  const jump = `jumps from ${formatAt(before.stopMs)} to ${formatAt(line.startMs)}`;
  if (Math.abs(line.startMs - before.stopMs) > IMPLAUSIBLE_MS)
    remark('implausible-jump', place, `${jump}; times are kept as given, the duration leaves the jump out`);
  else if (line.startMs < before.startMs) remark('out-of-order', place, `starts ${formatAt(line.startMs)}, before the line above`);
  else if (line.startMs < before.stopMs) remark('overlap', place, `starts ${formatAt(line.startMs)}, while the line above runs on`);
}

/**
 * Reads a transcript: a list of {start, stop, speaker, dialogue}. Lines out of order, overlaps and implausible jumps are
 * reported, not refused, and their times kept as given: claims cite what the file says. Throws TranscriptError.
 */
export function parseTranscript(input: unknown): { lines: TranscriptLine[]; report: TranscriptReport } {
  if (!Array.isArray(input))
    return refuse('transcript-not-a-list', 'transcript', 'is not a list of lines', 'give [{start, stop, speaker, dialogue}]');
  if (input.length === 0) return refuse('transcript-empty', 'transcript', 'has no lines', 'give at least one line');
  if (input.length > MOST_LINES) return refuse('transcript-too-large', 'transcript', `has ${input.length} lines`, `give at most ${MOST_LINES}`);
  const counts = Object.fromEntries(REMARKS.map((code) => [code, 0])) as TranscriptReport['counts'];
  const remarks: TranscriptReport['remarks'] = [];
  const remark: Remark = (code, place, detail) => {
    if (++counts[code] <= MOST_REMARKS_EACH) remarks.push({ code, place, detail });
  };
  const lines: TranscriptLine[] = [];
  let bytes = 0;
  for (const [i, raw] of (input as unknown[]).entries()) {
    const place = `line ${i + 1}`;
    const line = readLine(raw, place, remark);
    bytes += Buffer.byteLength(line.text) + Buffer.byteLength(line.speaker);
    if (bytes > MOST_BYTES) return refuse('transcript-too-large', place, `the words pass ${MOST_BYTES} bytes`, 'split the transcript');
    remarkOrder(line, lines.at(-1), place, remark);
    lines.push(line);
  }
  if (lines.every((l) => l.text === '')) return refuse('transcript-empty', 'transcript', 'has no words', 'give at least one line with dialogue');
  const speakers = [...new Set(lines.map((l) => l.speaker))].slice(0, 50);
  return { lines, report: { lines: lines.length, speakers, durationMs: spokenSpan(lines), counts, remarks } };
}

/** The pieces between implausible jumps, each from its first word to its last, added up. */
export function spokenSpan(lines: readonly TranscriptLine[]): number {
  let total = 0;
  let piece: { from: number; to: number } | null = null;
  for (const { startMs, stopMs } of lines) {
    // Of a line that lasts implausibly long only the beginning can be believed.
    const end = stopMs - startMs > IMPLAUSIBLE_MS ? startMs : stopMs;
    if (piece && Math.abs(startMs - piece.to) <= IMPLAUSIBLE_MS) {
      piece = { from: Math.min(piece.from, startMs), to: Math.max(piece.to, end) };
    } else {
      total += piece ? piece.to - piece.from : 0;
      piece = { from: startMs, to: end };
    }
  }
  return total + (piece ? piece.to - piece.from : 0);
}

/** The same words at the same times have the same hash, whatever the order of keys they were stored in. */
export const hashTranscript = (lines: readonly TranscriptLine[]): string =>
  sha256(JSON.stringify(lines.map((l) => [l.startMs, l.stopMs, l.speaker, l.text])));
