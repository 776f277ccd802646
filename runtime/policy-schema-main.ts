import { pointsOf } from '../commands/check-rules';
import { policySchema } from '../policy/schema';
import { defaultRulesFolder, readRuleFiles } from './rule-files';

process.stdout.write(`${JSON.stringify(policySchema(pointsOf(readRuleFiles(defaultRulesFolder())).points), null, 1)}\n`);
