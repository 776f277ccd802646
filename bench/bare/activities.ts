import type { Pool } from 'pg';
import { draftDocuments } from '../../activities/drafting/draft';
import type { MessagePort } from '../../activities/ports';
import { newId } from '../../domain/ids';
import { pickTemplate, renderMessage, type TemplateFile } from '../../messages/render';
import type { Plan, PhaseName } from './plan';
import { storePhase } from './store';

export interface BareDeps {
  pool: Pool;
  mail: MessagePort;
  plan: Plan;
  messages: TemplateFile[];
  /** Facts that fill every template, and the transcript that is drafted from. */
  facts: Record<string, unknown>;
  lines: { startMs: number; stopMs: number; speaker: string; text: string }[];
}

const READER = { locale: 'en', zone: 'Europe/Berlin' };

/** The effects of Lectern's activities: the same mails rendered and sent, the same extract drafted, the same rows inserted. */
export const createBareActivities = (deps: BareDeps) => {
  const send = async (name: PhaseName): Promise<void> => {
    await Promise.all(
      deps.plan[name].mails.map(async ({ template, to }) => {
        const { subject, text, html } = renderMessage(pickTemplate(deps.messages, template, READER.locale), deps.facts, READER);
        const sent = await deps.mail.send({ organisationId: '', key: newId(), to, subject, text, html }, AbortSignal.timeout(10_000));
        if (sent.end !== 'accepted') throw new Error(`a mail ended as ${sent.end}`);
      }),
    );
  };
  const store = (name: PhaseName, sessionId: string, status?: string): Promise<void> => storePhase(deps.pool, deps.plan[name], sessionId, status);
  return {
    async confirm(sessionId: string): Promise<void> {
      await send('confirm');
      await store('confirm', sessionId);
    },
    async prepare(sessionId: string): Promise<void> {
      await send('prepare');
      await store('prepare', sessionId);
    },
    async remind(sessionId: string): Promise<void> {
      await send('remind');
      await store('remind', sessionId);
    },
    cover: (sessionId: string) => store('cover', sessionId, 'ready'),
    open: (sessionId: string) => store('open', sessionId, 'live'),
    end: (sessionId: string) => store('end', sessionId, 'documenting'),
    async draft(sessionId: string): Promise<void> {
      const facts = {
        lines: deps.lines,
        subject: null,
        title: 'Measured',
        studentNames: ['S'],
        instructorName: 'I',
        agreed: { recording: true, ai: true },
      };
      await draftDocuments(facts, { client: null, model: '', timeoutMs: 1 });
      await send('draft');
      await store('draft', sessionId, 'reviewing');
    },
    async update(sessionId: string): Promise<void> {
      await send('update');
      await store('finish', sessionId);
      await store('update', sessionId);
    },
    settle: (sessionId: string) => store('settle', sessionId, 'settled'),
  };
};

export type BareActivities = ReturnType<typeof createBareActivities>;
