import { FACT_POINTS } from '../decisions/points/declared';
import { factSchema } from '../policy/facts/schema';

process.stdout.write(`${JSON.stringify(factSchema(FACT_POINTS), null, 1)}\n`);
