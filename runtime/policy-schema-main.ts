import { POINTS } from '../decisions/points';
import { policySchema } from '../policy/schema';

process.stdout.write(`${JSON.stringify(policySchema(POINTS), null, 1)}\n`);
