import type { DecisionPointSpec } from '../../policy/types';
import { WEBHOOK_ANSWERS } from '../../domain/outbound';

export const webhook: DecisionPointSpec = {
  point: 'webhook',
  meaning:
    'Asked when a webhook was not taken: is it sent again and when, is it given up, or is its address switched off? And is a coordinator told of that, by a held step?',
  binding: 'current',
  hit: 'first',
  facts: {
    answer: {
      type: 'enum',
      values: WEBHOOK_ANSWERS,
      meaning:
        'What came of it: refused (4xx), gone (410), busy (429), failed (5xx), redirected (3xx, which is not followed), no-answer (none within ten seconds), unreachable (no connection, no such name, a certificate that is none), forbidden (an address that this installation does not send to)',
      example: 'failed',
    },
    isTest: { type: 'boolean', meaning: 'Somebody tries the address out', example: false },
    tries: { type: 'integer', unit: 'tries', meaning: 'How often it was sent, this time included', example: 3 },
    retryAfter: {
      type: 'duration',
      meaning: 'How long the receiver asks to be left alone (Retry-After); no time when it does not say',
      example: '2m',
    },
    failingFor: {
      type: 'duration',
      meaning: 'How long the address has taken nothing: since the first failure after its last success',
      example: '2h',
      runs: 'up',
    },
  },
  outcome: {
    verdict: {
      type: 'enum',
      values: ['repeat', 'give-up', 'switch-off'],
      meaning:
        'repeat: it is sent again after `after`; give-up: it is not, and can be sent again by hand; switch-off: nor is anything else to this address',
      example: 'repeat',
    },
    after: { type: 'duration', meaning: 'How long until it is sent again', example: '5m', optional: true, positive: true },
    tell: {
      type: 'enum',
      values: ['coordinator', 'nobody'],
      meaning: 'Who is told; a step that is open about this address already is not opened twice',
      example: 'nobody',
    },
  },
  demands: [{ field: 'verdict', values: ['repeat'], needs: ['after'] }],
};

export const webhookKeep: DecisionPointSpec = {
  point: 'webhook.keep',
  meaning:
    'Asked when the secret of a webhook is replaced, how long the old one is good beside it; and every hour, how long a webhook that was delivered or given up is kept with what it said.',
  binding: 'current',
  hit: 'first',
  facts: {
    what: {
      type: 'enum',
      values: ['old-secret', 'leaked-secret', 'delivered', 'failed'],
      meaning: 'An old secret, one that somebody else may know, a webhook that was delivered, or one that was not',
      example: 'old-secret',
    },
  },
  outcome: { keepFor: { type: 'duration', meaning: 'How long it is kept', example: '2d' } },
};
