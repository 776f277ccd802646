import { declaredFacts, findFact } from '../../commands/declared-facts';
import { pointsOf } from '../../commands/check-rules';
import { LecternError } from '../../domain/errors';
import { isId } from '../../domain/ids';
import { specOfFact } from '../../policy/facts/declare';
import type { FactDocument } from '../../policy/facts/types';
import { policySchema } from '../../policy/schema';
import type { Config } from '../config';
import { print, printJson, UsageError } from './output';
import { filesOf, printFaults, type RulesOptions } from './rules-files';
import { actingOn } from './rule-versions';

export interface FactOptions {
  student?: string;
  instructor?: string;
  session?: string;
  json?: boolean;
}

const lineOf = (fact: FactDocument): string => {
  const { type, unit } = specOfFact(fact);
  return `${fact.fact} (${fact.kind}: ${unit ?? type}): ${fact.meaning.en}. In ${fact.points.join(', ')}`;
};

function idOf(name: string, id: string | undefined): string | undefined {
  if (id !== undefined && !isId(id)) throw new UsageError(`--${name} is "${id}"; it is an id, as the page and the API show it`);
  return id;
}

/** What a fact that the rules in force declare is for somebody now, and what it counted; without a name, which there are. */
export function rulesFact(config: Config, name: string | undefined, o: FactOptions): Promise<number> {
  if (o.student !== undefined && o.instructor !== undefined) throw new UsageError('Name a student or an instructor, not both.');
  const personId = idOf('student', o.student) ?? idOf('instructor', o.instructor);
  const sessionId = idOf('session', o.session);
  return actingOn(config, async ({ db, organisationId, asOf }) => {
    if (name === undefined) {
      const facts = await db.inOrganisation(organisationId, declaredFacts);
      if (o.json) printJson(facts);
      else print(facts.length === 0 ? 'The rules in force declare no fact.' : facts.map(lineOf).join('\n'));
      return 0;
    }
    const asked = { fact: name, personId, sessionId };
    const found = await db
      .inOrganisation(organisationId, (tx) => findFact(tx, asked, asOf))
      .catch((error: unknown) => {
        throw error instanceof LecternError && error.code !== 'no-rules' ? new UsageError(error.message) : error;
      });
    if (o.json) printJson(found);
    else print(found.sentence);
    return 0;
  });
}

/** The schema that an editor completes policies by, with the facts that the folder declares. Exit 1 where one of them has a fault. */
export function rulesSchema(options: RulesOptions): number {
  const { points, faults } = pointsOf(filesOf(options));
  if (faults.length > 0) return printFaults(faults, {});
  print(JSON.stringify(policySchema(points), null, 1));
  return 0;
}
