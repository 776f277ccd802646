import { Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useDecision } from '../api/queries';
import { phrase } from '../lib/words';
import { Asked } from './states';

interface Words {
  title: string;
  sentence: string;
  /** Why, in the words of whoever wrote the rules. */
  because: string | null;
  /** What would have had to be otherwise for another answer. */
  nearest: string | null;
  rows: unknown[];
  missing: string[];
}
interface Row {
  rule: string;
  result: string;
  conditions: { text: string; holds: string }[];
}

/** A condition says what was the case; that speaks for its rule, or against it. */
const SPEAKS: Record<string, string> = { true: 'speaks for it', false: 'speaks against it' };
const APPLIES: Record<string, string> = { true: 'applies', false: 'does not apply' };
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function RuleRow({ rule, result, conditions }: Row) {
  return (
    <li>
      <Text size="sm" fw={result === 'true' ? 600 : 400}>
        {phrase(rule)}: {APPLIES[result] ?? 'cannot be told'}
      </Text>
      <ul>
        {conditions.map((c, n) => (
          <li key={n}>
            <Text size="sm" c="dimmed" span>
              {c.text} — {SPEAKS[c.holds] ?? 'so it cannot be told'}
            </Text>
          </li>
        ))}
      </ul>
    </li>
  );
}

const RuleList = ({ rows }: { rows: Row[] }) => (
  <ol className="plain">
    {rows.map((row) => (
      <RuleRow key={row.rule} {...row} />
    ))}
  </ol>
);

/** The rules that applied first; the others on demand, or at once when none did. */
function Rules({ rows }: { rows: Row[] }) {
  const applied = rows.filter((row) => row.result === 'true');
  const others = rows.filter((row) => row.result !== 'true');
  if (applied.length === 0 || others.length === 0) return <RuleList rows={rows} />;
  return (
    <>
      <RuleList rows={applied} />
      <details>
        <summary>{others.length === 1 ? '1 rule that did not apply' : `${others.length} rules that did not apply`}</summary>
        <RuleList rows={others} />
      </details>
    </>
  );
}

const Whole = ({ decision }: { decision: Words }) => (
  <>
    {decision.because && <Text size="sm">{decision.because}</Text>}
    {decision.nearest && <Text size="sm">{decision.nearest}</Text>}
    {decision.missing.length > 0 && <Text size="sm">Not known at the time: {decision.missing.join(', ')}.</Text>}
    <Rules rows={decision.rows as Row[]} />
  </>
);

interface Said {
  title: string;
  sentence: string;
}

const InWords = ({ decision, label, onToggle, children }: { decision: Said; label: string; onToggle?: () => void; children: ReactNode }) => (
  <details onToggle={onToggle}>
    <summary>
      {label}: {decision.title.toLowerCase()}
    </summary>
    <Stack gap={6} pt={4}>
      <Text size="sm">{capital(decision.sentence)}</Text>
      {children}
    </Stack>
  </details>
);

/** A decision of the rules in words: the sentence, and on demand every rule with the values it saw. */
export const DecisionInWords = ({ decision, label }: { decision: Words; label: string }) => (
  <InWords decision={decision} label={label}>
    <Whole decision={decision} />
  </InWords>
);

/** The same where only the sentence is here: whoever opens it has its rules fetched. */
export function DecisionOnDemand({ decision, sessionId }: { decision: Said & { id: string }; sessionId: string }) {
  const [wanted, setWanted] = useState(false);
  const query = useDecision(sessionId, decision.id, wanted);
  return (
    <InWords decision={decision} label="Why" onToggle={() => setWanted(true)}>
      {wanted && (
        <Asked query={query} what="its rules">
          {(whole) => <Whole decision={whole} />}
        </Asked>
      )}
    </InWords>
  );
}
