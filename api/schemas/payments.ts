import { z } from 'zod';
import { PAYMENT_STATES } from '../../db/payments';
import { id, instant, pageOf, version } from './common';

export const paymentPageSchema = pageOf(
  z
    .strictObject({
      id,
      version,
      sessionId: id,
      source: z.string(),
      reference: z.string().meta({ description: "The provider's own id of the payment." }),
      state: z.enum(PAYMENT_STATES),
      amountMinor: z.int().nullable().meta({ description: 'In minor units.' }),
      currency: z.string().nullable(),
      reason: z.string().nullable(),
      at: instant.meta({ description: 'When it came to this state, by the provider.' }),
    })
    .meta({ id: 'Payment' }),
  'PaymentPage',
);
