import { z } from 'zod';
import { allowedActions, id, pageOf, shortText, version } from './common';

const day = z.iso.date().meta({ description: 'A day of the organisation’s calendar.', example: '2026-09-01' });
const fields = { name: shortText(100).meta({ example: 'Autumn 2026' }), startsOn: day, endsOn: day };

export const createTermBody = z.strictObject(fields).meta({ id: 'CreateTerm' });
export const updateTermBody = z
  .strictObject({
    version: z.int().min(1).meta({ description: '`version` as you saw it; another one is refused.' }),
    name: fields.name.optional(),
    startsOn: day.optional(),
    endsOn: day.optional(),
  })
  .meta({ id: 'UpdateTerm' });
export const termItem = z
  .strictObject({ id, version, name: z.string(), startsOn: z.iso.date(), endsOn: z.iso.date(), allowedActions })
  .meta({ id: 'Term' });
export const termPageSchema = pageOf(termItem, 'TermPage');
export const writtenTerm = z.strictObject({ id, version }).meta({ id: 'WrittenTerm' });
