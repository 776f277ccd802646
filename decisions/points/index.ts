import type { DecisionPointSpec } from '../../policy/types';
import { admission } from './admission';
import { automation } from './automation';
import { change } from './change';
import { correction } from './correction';
import { correctionMinutes } from './correction-minutes';
import { adoption } from './adoption';
import { closure } from './closure';
import { closureReopen } from './closure-reopen';
import { clockChange } from './clock-change';
import { coverage } from './coverage';
import { documentationReview } from './documentation-review';
import { charge, settlement } from './money';
import { load } from './load';
import { noShowInstructor, noShowStudent } from './no-show';
import { obligations } from './obligations';
import { preparation } from './preparation';
import { publish } from './publish';
import { recording } from './recording';
import { release } from './release';
import { roomFailure } from './room-failure';
import { strike } from './strike';
import { series, seriesOccurrence } from './series';
import { viability } from './viability';
import { waitlist } from './waitlist';
import { webhook, webhookKeep } from './webhook';
import { zoneCheck } from './zone-check';
import { acknowledgement, substituteEligibility, substituteRanking, substituteSearch } from './substitute';

/** Every place where rules decide. A new decision point is a file beside this one and a line here. */
export const POINTS: Readonly<Record<string, DecisionPointSpec>> = Object.fromEntries(
  [
    admission,
    preparation,
    obligations,
    coverage,
    noShowStudent,
    noShowInstructor,
    recording,
    roomFailure,
    documentationReview,
    change,
    load,
    charge,
    settlement,
    strike,
    correction,
    correctionMinutes,
    series,
    seriesOccurrence,
    closure,
    closureReopen,
    zoneCheck,
    clockChange,
    acknowledgement,
    substituteEligibility,
    substituteRanking,
    substituteSearch,
    release,
    viability,
    waitlist,
    publish,
    adoption,
    webhook,
    webhookKeep,
    automation,
  ].map((spec) => [spec.point, spec]),
);
