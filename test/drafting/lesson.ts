import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DraftInput } from '../../activities/drafting/draft';
import { parseTranscript, type TranscriptLine } from '../../domain/transcript';

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
export const EXAMPLE = join(__dirname, '../../examples/lesson-fractions.json');
export const exampleLines = (): TranscriptLine[] => parseTranscript(readJson(EXAMPLE)).lines;

/** A group of two of which only Sam came; everyone allows a model. */
export const lessonInput = (lines: readonly TranscriptLine[], more: Partial<DraftInput> = {}): DraftInput => ({
  lines,
  title: 'Fractions, a group of two',
  subject: 'Mathematics',
  studentNames: ['Sam'],
  absentNames: ['Nora'],
  instructorName: 'Iris',
  agreed: { recording: true, ai: true },
  ...more,
});

export const line = (at: number, speaker: string, text: string): TranscriptLine => ({ startMs: at * 1000, stopMs: at * 1000 + 4000, speaker, text });
