import { z } from 'zod';
import { AUTOMATION_TYPE, CHANGE_WORDS, OUTBOUND_EVENTS, TEST_TYPE, type OutboundType } from '../../domain/outbound';
import { SESSION_STATUSES } from '../../domain/status';
import { CORRECTION_KINDS, HELD_STEP_KINDS, INCIDENT_KINDS, PARTICIPANT_ROLES, VERDICTS } from '../../domain/vocabulary';
import { id, instant } from './common';

const session = z
  .strictObject({
    id,
    externalId: z.string().nullable().meta({ description: 'What you have called it.' }),
    version: z.int().meta({ description: 'Grows with every write: of two events the one with the higher one knows more.' }),
    rev: z.int().meta({ description: 'Grows with a change of the session, and with nothing else.' }),
    status: z.enum(SESSION_STATUSES),
    startsAt: instant,
    endsAt: instant,
    programme: z.string().nullable(),
    branch: z.string().nullable(),
    closedAt: instant.nullable(),
    participants: z.array(z.strictObject({ personId: id, role: z.enum(PARTICIPANT_ROLES), verdict: z.enum(VERDICTS) })),
  })
  .meta({ id: 'OutboundSession', description: 'The session as it stood when this was sent first.' });

/** What an event says beside the session, by its name. */
const FACTS: Record<(typeof OUTBOUND_EVENTS)[OutboundType]['facts'][number], z.ZodType> = {
  change: z.enum(Object.values(CHANGE_WORDS) as [string, ...string[]]).meta({ description: 'What kind of change it was.' }),
  from: instant.optional().meta({ description: 'When it was to start before.' }),
  to: instant.optional().meta({ description: 'When it is to start now.' }),
  joined: id.optional().meta({ description: 'Who came onto it.' }),
  left: id.optional().meta({ description: 'Who left it.' }),
  correctionId: id,
  kind: z.string().meta({ description: `Of a correction: ${CORRECTION_KINDS.join(', ')}. Of a message: what it was about.` }),
  step: z.string().meta({ description: `Of a held step: ${HELD_STEP_KINDS.join(', ')}. Of a message: which of its kind.` }),
  personId: id.optional(),
  role: z.enum(PARTICIPANT_ROLES).optional(),
  verdict: z.enum(VERDICTS).meta({ description: 'What is said of them now; `session` has the same of everybody.' }),
  incidentId: id,
  incident: z.enum(INCIDENT_KINDS),
  lines: z.int(),
  documents: z.string().meta({ description: 'approved, rejected, or none.' }),
  subjectId: id.meta({ description: 'Who is charged or paid.' }),
  amountMinor: z.int().meta({ description: 'In the minor unit of the currency; negative for a reversal.' }),
  currency: z.string(),
  obligationId: id,
  heldStepId: id,
  decision: z.string().meta({ description: 'What was chosen; expire when the deadline did.' }),
};

const payload = (type: string, facts: z.ZodRawShape): z.ZodObject =>
  z
    .strictObject({
      type: z.literal(type),
      timestamp: instant.meta({ description: 'When it happened.' }),
      data: z.strictObject({
        ...facts,
        sequence: z
          .int()
          .meta({ description: 'Grows within a session, in the order in which things happened; the id of the entry in its /timeline.' }),
        rev: z.int().meta({ description: 'That of the session when it happened.' }),
        actor: z.string().meta({ description: 'The id of who did it, or lectern, participant, or the name of a source.' }),
        decisionId: id.nullable().meta({ description: 'The decision behind it: /v1/sessions/{id}/decisions?decisionId=…' }),
        session,
      }),
    })
    .meta({ id: `Outbound.${type}` });

/** What is sent, by type. */
export const OUTBOUND_SCHEMAS: Record<string, z.ZodObject> = {
  ...Object.fromEntries(
    Object.entries(OUTBOUND_EVENTS).map(([type, { facts }]) => [type, payload(type, Object.fromEntries(facts.map((name) => [name, FACTS[name]])))]),
  ),
  [TEST_TYPE]: z
    .strictObject({ type: z.literal(TEST_TYPE), timestamp: instant, data: z.strictObject({ sequence: z.null(), session: z.null() }) })
    .meta({ id: `Outbound.${TEST_TYPE}` }),
  [AUTOMATION_TYPE]: z
    .strictObject({
      type: z.literal(AUTOMATION_TYPE),
      timestamp: instant,
      data: z.strictObject({
        ...{ sequence: z.null(), automation: z.string(), step: z.string(), runId: id, session },
        event: z.string().meta({ description: 'What the automation reacts to.' }),
        personId: id.nullable().meta({ description: 'Whom the run is about.' }),
      }),
    })
    .meta({ id: `Outbound.${AUTOMATION_TYPE}` }),
};
