import { z } from 'zod';
import { INCIDENT_KINDS, OBLIGATION_STATES } from '../../domain/vocabulary';
import { allowedActions, id, instant, instantIn, longText, pageOf, version } from './common';

export const incidentBody = z
  .strictObject({
    kind: z.enum(INCIDENT_KINDS).meta({
      description: 'room-failed: the rules are asked, and as a rule a second room is opened; technical: whatever else disturbs the lesson.',
    }),
    note: longText(500).optional().meta({ description: 'For colleagues; families do not read it.' }),
    since: instantIn.optional().meta({ description: 'Since when; now when left out. A time to come is taken as now.' }),
  })
  .meta({ id: 'OpenIncident' });

const principal = z.strictObject({ id, name: z.string() }).nullable();

export const incidentItem = z
  .strictObject({
    id,
    version,
    kind: z.string(),
    reportedBy: z.enum(['coordinator', 'provider', 'lectern']),
    note: z.string().nullable(),
    openedAt: instant,
    openedBy: principal,
    closedAt: instant.nullable(),
    closedBy: principal,
    outcome: z.string().nullable().meta({ description: 'How it ended, such as second-room, false-alarm, lesson-ended or closed-by-person.' }),
    decisionId: id.nullable().meta({ description: 'What the rules said about it; all of it at `/decisions?decisionId=…`.' }),
    messages: z.array(
      z.strictObject({
        obligationId: id,
        personId: id,
        kind: z.string(),
        step: z.string(),
        state: z.enum(OBLIGATION_STATES),
        endedAt: instant.nullable(),
      }),
    ),
    allowedActions,
  })
  .meta({ id: 'Incident' });

export const incidentPageSchema = pageOf(incidentItem, 'IncidentPage');
