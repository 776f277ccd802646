import { Button, Checkbox, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { HeldStep } from '../api/client';
import { useDecideSeveral } from '../api/queries';
import { toHeldStep } from '../lib/route';
import { STEP_KINDS, optionTitle, phrase, withoutIds } from '../lib/words';
import { Note } from '../ui/note';
import { ProblemNote } from '../ui/states';
import { When } from '../ui/when';

/** As many as one request takes. */
const MOST = 100;
/** Each of these has to be read by itself: nobody approves texts that they have not seen. */
const READ_ALONE = ['documentation.review'];
const kindTitle = (kind: string): string => STEP_KINDS[kind] ?? phrase(kind);

/** What can be decided alike: of one kind, with the same answers. */
const alike = (steps: HeldStep[], kind: string): HeldStep[] => steps.filter((s) => s.kind === kind).slice(0, MOST);
const sharedOptions = (steps: HeldStep[]): string[] =>
  (steps[0]?.options ?? []).filter((option) => steps.every((s) => s.allowedActions.some((a) => a.action === option && a.allowed)));

type Several = ReturnType<typeof useDecideSeveral>;

/** What became of each, the ones that were refused with why. */
function Results({ several, steps }: { several: Several; steps: HeldStep[] }) {
  const { data } = several;
  if (!data) return null;
  const refused = data.results.filter((r) => r.error !== null);
  const titleOf = new Map(steps.map((s) => [s.id, s.session.title]));
  return (
    <Note
      role="status"
      tone={refused.length === 0 ? 'good' : 'warn'}
      title={`${data.results.length - refused.length} of ${data.results.length} decided`}
    >
      {refused.length > 0 && (
        <ul>
          {refused.map(({ id, error }) => (
            <li key={id}>
              <a href={toHeldStep(id)}>{titleOf.get(id) ?? 'A step'}</a>: {withoutIds(error!.message)} {error!.remedy}
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}

interface ListProps {
  steps: HeldStep[];
  chosen: readonly string[];
  choose: (ids: string[]) => void;
}
function Choose({ steps, chosen, choose }: ListProps) {
  const isAll = steps.every((s) => chosen.includes(s.id));
  return (
    <fieldset>
      <legend>Which of them</legend>
      <Stack gap="xs">
        <Checkbox label={`All ${steps.length}`} checked={isAll} onChange={() => choose(isAll ? [] : steps.map((s) => s.id))} />
        {steps.map((s) => (
          <Checkbox
            key={s.id}
            label={
              <>
                <bdi>{s.session.title}</bdi>, <When at={s.session.startsAt} />
              </>
            }
            description={s.reason}
            checked={chosen.includes(s.id)}
            onChange={() => choose(chosen.includes(s.id) ? chosen.filter((id) => id !== s.id) : [...chosen, s.id])}
          />
        ))}
      </Stack>
    </fieldset>
  );
}

/** Decides many steps of one kind alike, with a result for each; nothing while there are not two of any kind. */
export function DecideSeveral({ steps }: { steps: HeldStep[] }) {
  const several = useDecideSeveral();
  const kinds = [...new Set(steps.map((s) => s.kind))].filter((kind) => !READ_ALONE.includes(kind) && alike(steps, kind).length > 1);
  const [wanted, setKind] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const [comment, setComment] = useState('');
  const [asked, setAsked] = useState<HeldStep[]>([]);
  const kind = kinds.includes(wanted) ? wanted : (kinds[0] ?? '');
  const list = alike(steps, kind);
  const picked = list.filter((s) => chosen.includes(s.id));
  const results = <Results several={several} steps={asked} />;
  if (kinds.length === 0) return results;
  const decide = (decision: string): void => {
    setAsked(picked);
    const said = comment.trim() === '' ? {} : { comment: comment.trim() };
    several.mutate(
      picked.map(({ id, version, hash }) => ({ id, version, hash, decision, ...said })),
      { onSuccess: () => setChosen([]) },
    );
  };
  return (
    <>
      {results}
      {several.error && <ProblemNote error={several.error} title="Nothing was decided" />}
      <details className="card">
        <summary>Decide several at once</summary>
        <Stack gap="sm" pt="xs">
          <NativeSelect
            size="sm"
            label="Of which kind"
            value={kind}
            onChange={(e) => {
              setKind(e.currentTarget.value);
              setChosen([]);
            }}
            data={kinds.map((value) => ({ value, label: `${kindTitle(value)} (${alike(steps, value).length})` }))}
          />
          <Choose steps={list} chosen={chosen} choose={setChosen} />
          <Textarea
            size="sm"
            label="Reason or comment (optional)"
            autosize
            maxLength={2000}
            dir="auto"
            value={comment}
            onChange={(e) => setComment(e.currentTarget.value)}
          />
          <Group gap="sm">
            {sharedOptions(picked.length > 0 ? picked : list).map((option) => (
              <Button
                key={option}
                variant="default"
                disabled={picked.length === 0}
                loading={several.isPending && several.variables?.[0]?.decision === option}
                onClick={() => decide(option)}
              >
                {optionTitle(option)}
              </Button>
            ))}
          </Group>
          {picked.length > 0 && sharedOptions(picked).length === 0 && <Text size="sm">Those chosen have no answer in common.</Text>}
        </Stack>
      </details>
    </>
  );
}
