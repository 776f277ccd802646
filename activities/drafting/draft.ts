import type OpenAI from 'openai';
import type { Drafts } from '../../domain/documents';
import { draftExtractively, type DraftFacts } from '../../domain/extractive';
import { draftWithModel, ModelRefused, PROMPT_VERSION } from './model';

export interface DraftInput extends DraftFacts {
  /** Students booked who were not there: a draft does not speak of them. */
  absentNames: readonly string[];
  aiConsent: boolean;
}
export interface Drafted extends Drafts {
  origin: 'model' | 'extractive';
  /** Why there is an extract although a model is configured; null when there is none, or it did well. */
  refusedBecause: string | null;
  model: string | null;
  promptVersion: string;
}

/** Drafts with the model when there is one and everyone allows it; otherwise, and whenever it fails, by extract. Never throws for the model. */
export async function draftDocuments(
  input: DraftInput,
  use: { client: OpenAI | null; model: string; timeoutMs: number; signal?: AbortSignal },
): Promise<Drafted> {
  const extract = (refusedBecause: string | null): Drafted => ({
    ...draftExtractively(input),
    origin: 'extractive',
    refusedBecause,
    model: null,
    promptVersion: PROMPT_VERSION,
  });
  if (!use.client) return extract(null);
  if (!input.aiConsent) return extract('no-ai-consent');
  try {
    const drafts = await draftWithModel(input, { ...use, client: use.client });
    return { ...drafts, origin: 'model', refusedBecause: null, model: use.model, promptVersion: PROMPT_VERSION };
  } catch (error) {
    if (error instanceof ModelRefused) return extract(error.reason);
    throw error;
  }
}
