import { EVENT_FIELDS } from '../commands/inbound-fields';
import { mappingSchema } from '../policy/inbound/schema';

process.stdout.write(`${JSON.stringify(mappingSchema(EVENT_FIELDS), null, 1)}\n`);
