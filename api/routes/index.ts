import type { Route, StreamRoute } from '../route';
import { adoptionRoutes } from './adoptions';
import { changeRoutes } from './changes';
import { deskRoutes } from './desk';
import { decisionRoutes } from './decisions';
import { dutyRoutes } from './duty';
import { correctionRoutes } from './corrections';
import { closureRoutes } from './closures';
import { factRoutes } from './facts';
import { heldStepRoutes } from './held-steps';
import { historyRoutes } from './history';
import { incidentRoutes } from './incidents';
import { inboundRoutes } from './inbound';
import { matchRoutes } from './matches';
import { meRoutes } from './me';
import { messageRoutes } from './messages';
import { opsRoutes } from './ops';
import { paymentRoutes } from './payments';
import { peopleRoutes } from './people';
import { ruleBacktestRoutes } from './rule-backtests';
import { ruleDraftRoutes } from './rule-drafts';
import { ruleShadowRoutes } from './rule-shadows';
import { ruleRoutes } from './rules';
import { seriesRoutes } from './series';
import { sessionRoutes } from './sessions';
import { offerRoutes } from './offers';
import { slotRoutes } from './slots';
import { substituteRoutes } from './substitutes';
import { streamRoute } from './stream';
import { termRoutes } from './terms';
import { transcriptRoutes } from './transcripts';
import { waitlistRoutes } from './waitlist';
import { automationRoutes } from './automations';
import { webhookRoutes } from './webhooks';

/** Every route behind a key or login, in the order of the document. */
export const ROUTES: readonly (Route | StreamRoute)[] = [
  ...sessionRoutes,
  ...historyRoutes,
  ...changeRoutes,
  ...incidentRoutes,
  ...matchRoutes,
  ...correctionRoutes,
  ...paymentRoutes,
  ...termRoutes,
  ...seriesRoutes,
  ...closureRoutes,
  ...substituteRoutes,
  ...offerRoutes,
  ...waitlistRoutes,
  ...slotRoutes,
  ...heldStepRoutes,
  ...deskRoutes,
  ...dutyRoutes,
  ...peopleRoutes,
  ...messageRoutes,
  ...transcriptRoutes,
  ...ruleRoutes,
  ...ruleDraftRoutes,
  ...ruleShadowRoutes,
  ...ruleBacktestRoutes,
  ...adoptionRoutes,
  ...decisionRoutes,
  ...factRoutes,
  ...inboundRoutes,
  ...automationRoutes,
  ...webhookRoutes,
  ...opsRoutes,
  streamRoute,
  ...meRoutes,
];
