import type { RuleFile } from '../../db/rule-sets';
import type { Lectern } from './lectern';
import { shippedRules } from './rule-files';

export interface Run {
  id: string;
  version: number;
  automation: string;
  personId: string | null;
  state: string;
  reason: string | null;
  depth: number;
  causedBy: string | null;
  steps: { step: string; kind: string; state: string; answer: string | null; detail: Record<string, unknown> }[];
}

/** A document of a test's own that is switched on; of its examples there is the least that a check asks for. */
export function automation(
  name: string,
  more: { on: string; do: object[]; each?: string; when?: unknown; [field: string]: unknown },
  then: string[] = [],
): RuleFile {
  const cases = [{ id: 'any', given: {}, then }];
  const examples = { base: {}, cases };
  return {
    file: `${name}.json`,
    text: JSON.stringify({ automation: name, title: name, description: 'For a test.', enabled: true, when: true, examples, ...more }),
  };
}

/** The shipped rules with these automations instead of the shipped ones. */
export async function publishAutomations(lectern: Lectern, automations: RuleFile[]): Promise<void> {
  const { policies, messages, inbound, facts } = shippedRules();
  const answer = await lectern.api<object>('POST', '/v1/rules/publish', { policies, messages, inbound, facts, automations, message: 'for a test' });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer));
}

/** The runs of an automation on a session, with their steps, in the order of their people. */
export async function runsOf(lectern: Lectern, sessionId: string, name: string, state = ''): Promise<Run[]> {
  const { body } = await lectern.api<{ items: { id: string }[] }>(
    'GET',
    `/v1/automations/runs?sessionId=${sessionId}&automation=${name}${state && `&state=${state}`}`,
  );
  const runs = await Promise.all(body.items.map(async ({ id }) => (await lectern.api<Run>('GET', `/v1/automations/runs/${id}`)).body));
  return runs.sort((a, b) => (a.personId ?? '').localeCompare(b.personId ?? ''));
}

export const runsIn = (lectern: Lectern, sessionId: string, name: string, state: string, count = 1): Promise<Run[]> =>
  lectern.until(`${count} runs of ${name} to be ${state}`, async () => {
    const runs = await runsOf(lectern, sessionId, name, state);
    return runs.length === count && runs;
  });
