import type OpenAI from 'openai';
import type { DraftFault } from '../../domain/draft-faults';
import type { Drafts } from '../../domain/documents';
import { draftExtractively } from '../../domain/extractive';
import { draftWithModel, ModelRefused, PROMPT_VERSION, type ModelFacts } from './model';

export interface DraftInput extends ModelFacts {
  /** Whether everyone on the session allows that it is recorded, and that a model reads what was said. */
  agreed: Record<'recording' | 'ai', boolean>;
}
export interface Drafted extends Drafts {
  origin: 'model' | 'extractive';
  /** Why there is an extract although a model is configured; null when there is none, or it did well. */
  refusedBecause: DraftFault | null;
  model: string | null;
  promptVersion: string;
}

/**
 * Drafts with the model when there is one and everyone allows it; otherwise, and whenever it fails, by extract. No fault of the model
 * is thrown; the caller's abort is, and a bug of ours.
 */
export async function draftDocuments(
  input: DraftInput,
  use: { client: OpenAI | null; model: string; timeoutMs: number; signal?: AbortSignal },
): Promise<Drafted> {
  // An extract does not name whom the model may not name.
  const facts = { ...input, absentNames: [...(input.absentNames ?? []), ...(input.redactNames ?? [])] };
  const extract = (refusedBecause: Drafted['refusedBecause'], model: string | null = null): Drafted => ({
    ...draftExtractively(facts),
    origin: 'extractive',
    refusedBecause,
    model,
    promptVersion: PROMPT_VERSION,
  });
  if (!use.client) return extract(null);
  if (!input.agreed.recording) return extract('no-recording-consent');
  if (!input.agreed.ai) return extract('no-ai-consent');
  try {
    const drafts = await draftWithModel(input, { ...use, client: use.client });
    return { ...drafts, origin: 'model', refusedBecause: null, model: use.model, promptVersion: PROMPT_VERSION };
  } catch (error) {
    if (error instanceof ModelRefused) return extract(error.reason, use.model);
    throw error;
  }
}
