import { automationFacts } from '../commands/check-rules';
import { automationSchema } from '../policy/automations/schema';
import { defaultRulesFolder, readRuleFiles } from './rule-files';

process.stdout.write(`${JSON.stringify(automationSchema(automationFacts(readRuleFiles(defaultRulesFolder()))), null, 1)}\n`);
