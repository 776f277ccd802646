import { Stack, Text, Textarea, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { joined, textsOf, type Claim, type Edits, type Shown, type UpdateText } from '../lib/review';
import { TOPICS, phrase } from '../lib/words';
import { Section } from '../ui/page';

interface Props {
  shown: Shown;
  edits: Edits;
  /** Null when the texts are for reading only. */
  edit: ((field: string, text: string) => void) | null;
}

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ');

const Evidence = ({ claim }: { claim: Claim }) =>
  // What rests on notes has no place in a transcript.
  claim.quote === '' ? null : (
    <blockquote className="evidence">
      <span className="clock">At {claim.at}</span>: “<bdi>{claim.quote}</bdi>”
    </blockquote>
  );

const Beside = ({ children, evidence }: { children: ReactNode; evidence: ReactNode }) => (
  <div className="beside">
    <div>{children}</div>
    <div>{evidence}</div>
  </div>
);

function Statement({ claim, n, edits, edit }: { claim: Claim; n: number } & Omit<Props, 'shown'>) {
  const field = `claim.${n}`;
  const topic = TOPICS[claim.topic] ?? phrase(claim.topic);
  const text = edits[field] ?? claim.text;
  return (
    <Beside evidence={<Evidence claim={claim} />}>
      {edit ? (
        <Textarea
          dir="auto"
          label={`Statement ${n + 1} (${topic.toLowerCase()})`}
          autosize
          minRows={2}
          value={text}
          onChange={(e) => edit(field, e.currentTarget.value)}
        />
      ) : (
        <>
          <Text size="xs" c="dimmed">
            {topic}
          </Text>
          <Text dir="auto">{text}</Text>
        </>
      )}
    </Beside>
  );
}

function SummaryPart({ shown, edits, edit }: Props) {
  const summary = shown.summary!;
  return (
    <Section title="Summary of the lesson">
      <div className="card">
        {summary.notice && (
          <Text size="sm" c="dimmed" pb="xs">
            {summary.notice}
          </Text>
        )}
        {edit ? (
          <Textarea
            dir="auto"
            label="Headline"
            autosize
            minRows={1}
            mb="sm"
            value={edits.headline ?? summary.headline}
            onChange={(e) => edit('headline', oneLine(e.currentTarget.value))}
          />
        ) : (
          <Title order={3} size="h5" pb="xs" dir="auto">
            {edits.headline ?? summary.headline}
          </Title>
        )}
        {summary.claims.map((claim, n) => (
          <Statement key={n} claim={claim} n={n} edits={edits} edit={edit} />
        ))}
        {edit && (
          <Text size="sm" c="dimmed">
            Empty a statement to leave it out.
          </Text>
        )}
      </div>
    </Section>
  );
}

const languageName = (language: string): string => new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;

/** The update for families of one language. `among` is set where there are several: each is then called by its language. */
function OneUpdate({ update, among, edits, edit }: { update: UpdateText; among: boolean } & Omit<Props, 'shown'>) {
  const { language } = update;
  const named = (label: string): string => (among ? `${label} (${languageName(language)})` : label);
  const subject = edits[`subject.${language}`] ?? update.subject;
  const text = edits[`paragraphs.${language}`] ?? joined(update.paragraphs);
  return (
    <Stack gap="sm" pb={among ? 'md' : 0}>
      {edit ? (
        <>
          <Textarea
            dir="auto"
            label={named('Subject')}
            autosize
            minRows={1}
            value={subject}
            onChange={(e) => edit(`subject.${language}`, oneLine(e.currentTarget.value))}
          />
          <Textarea
            dir="auto"
            label={named('Text')}
            description="A blank line between paragraphs."
            autosize
            minRows={8}
            value={text}
            onChange={(e) => edit(`paragraphs.${language}`, e.currentTarget.value)}
          />
        </>
      ) : (
        <div lang={language}>
          {among && (
            <Text size="xs" c="dimmed" lang="en">
              {languageName(language)}
            </Text>
          )}
          <Title order={3} size="h5" pb="xs" dir="auto">
            {subject}
          </Title>
          <Text className="pre" dir="auto">
            {text}
          </Text>
        </div>
      )}
      {update.notice && (
        <Text size="sm" c="dimmed" lang={language}>
          {update.notice}
        </Text>
      )}
    </Stack>
  );
}

function UpdatePart({ shown, edits, edit }: Props) {
  const update = shown.update!;
  const texts = textsOf(update);
  const evidence = (
    <Stack gap="xs">
      <Text size="xs" c="dimmed">
        What it rests on
      </Text>
      {(update.claims ?? []).map((claim, n) => (
        <Evidence key={n} claim={claim} />
      ))}
    </Stack>
  );
  return (
    <Section title="Update to the parents">
      <div className="card">
        {texts.length > 1 && (
          <Text size="sm" c="dimmed" pb="xs">
            Each guardian gets one of these, in their language.
          </Text>
        )}
        <Beside evidence={evidence}>
          {texts.map((text) => (
            <OneUpdate key={text.language} update={text} among={texts.length > 1} edits={edits} edit={edit} />
          ))}
        </Beside>
      </div>
    </Section>
  );
}

/** The drafts, each statement beside what was said and when. */
export const Review = (props: Props) => (
  <>
    {props.shown.update && <UpdatePart {...props} />}
    {props.shown.summary && <SummaryPart {...props} />}
  </>
);
