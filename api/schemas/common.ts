import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../domain/errors';
import { isId } from '../../domain/ids';

export const id = z.guid().meta({ description: 'An opaque id (UUID).', example: '6f1c2f0e-7d0a-4b57-9d6e-0a8f4c1b2d3e' });

/** Requests: an instant between 2000 and 2200, so that nothing overflows on its way to Postgres. */
export const instantIn = z.iso
  .datetime({ offset: true })
  .refine((text) => +new Date(text) >= Date.UTC(2000, 0, 1) && +new Date(text) < Date.UTC(2200, 0, 1), 'must be an instant between 2000 and 2200')
  .meta({ description: 'ISO 8601 with an offset or Z.', example: '2026-12-01T16:00:00+01:00' });
export const instant = z.iso.datetime({ offset: true });

export const noQuery = z.strictObject({});
export const idParams = z.object({
  id: z
    .string()
    .refine(isId)
    .transform((text) => text.toLowerCase()),
});

/** A text that people read: no control characters (a line break in a name becomes a mail header), no direction overrides. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/;
export const shortText = (max: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.trim() !== '', 'must not be blank')
    .refine((text) => !UNSEEN.test(text), 'must not hold line breaks, control characters or direction overrides');
/** A text of several lines. */
export const longText = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .refine((text) => !UNSEEN.test(text.replace(/[\n\r\t]/g, '')), 'must not hold control characters or direction overrides');

export const limit = z.int().min(1).max(200).default(50).meta({ description: 'How many items a page holds at most.' });
export const cursor = z.string().max(500).optional().meta({ description: 'nextCursor of the page before, as it was given.' });
export const pageQuery = z.strictObject({ limit, cursor });

export function pageOf<T extends z.ZodType>(item: T, name: string): z.ZodObject {
  return z
    .strictObject({ items: z.array(item), nextCursor: z.string().nullable().meta({ description: 'Pass it as `cursor`; null on the last page.' }) })
    .meta({ id: name });
}

export const allowedActions = z
  .array(z.strictObject({ action: z.string(), allowed: z.boolean(), whyNot: z.string().nullable() }).meta({ id: 'AllowedAction' }))
  .meta({ description: 'What the caller may do with it now, and why not.' });

export const version = z.int().meta({ description: 'Grows with every write of this item.' });

export const errorSchema = z
  .strictObject({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string().meta({ description: 'What happened, and to which id.' }),
    remedy: z.string().meta({ description: 'What to do next.' }),
    details: z.unknown().optional().meta({ description: 'Depends on the code; see the description of the answer.' }),
    requestId: z.string().meta({ description: 'Also in the x-request-id header; whoever runs the installation finds the log by it.' }),
  })
  .meta({ id: 'Error' });
