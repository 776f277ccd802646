import type { Json } from '../../policy/types';

/** What a person, or evidence that came late, puts right about a closed session. Percents are of the agreed price or pay. */
export type CorrectionInput =
  | {
      kind: 'attendance';
      personId: string;
      verdict: 'arrived' | 'late' | 'no-show' | 'excused';
      chargePercent?: number | undefined;
      reason?: string | undefined;
    }
  | { kind: 'charge'; personId: string; chargePercent: number; reason?: string | undefined }
  | { kind: 'payout'; personId: string; payPercent: number; reason?: string | undefined }
  | { kind: 'strike'; personId: string; reason?: string | undefined }
  /** How long the lesson was. */
  | { kind: 'minutes'; deliveredMinutes: number; reason?: string | undefined }
  /** The parts of the update that are to be otherwise: subject, paragraphs, other languages. */
  | { kind: 'document'; update: { [key: string]: Json }; reason?: string | undefined };

export interface CorrectedMinutes {
  agreed: number;
  /** As they stood, and as they are from now on. */
  before: number;
  after: number;
  /** Of what the terms say for the whole lesson. */
  chargePercent: number;
  payPercent: number;
}

export interface CorrectedUpdate {
  documentId: string;
  before: Json;
  after: Json;
}

export interface CorrectedMoney {
  kind: 'charge' | 'payout';
  personId: string;
  rev: number;
  beforeMinor: number;
  afterMinor: number;
  currency: string;
  /** The rules leave it to a person, and none has said a share: it stays as it was. */
  held: boolean;
}

export interface CorrectionPreview {
  /** Sent with the correction: what was previewed is what is done, or nothing. */
  previewToken: string;
  verdict: 'allow' | 'hold' | 'refuse';
  why: string;
  say: Record<string, string> | null;
  rule: string;
  attendance: { personId: string; before: string; after: string }[];
  money: CorrectedMoney[];
  strikes: { personId: string; kind: string; to: 'counted' | 'reversed' | 'forgiven' }[];
  minutes: CorrectedMinutes | null;
  update: CorrectedUpdate | null;
  /** Who would be told. */
  messages: { personId: string; kind: string; step: string; channel: string; dueAt: Date }[];
}

export interface CorrectionResult extends CorrectionPreview {
  sessionId: string;
  /** Null while it is held. */
  correctionId: string | null;
  heldStepId: string | null;
}
