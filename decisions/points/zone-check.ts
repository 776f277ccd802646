import type { DecisionPointSpec } from '../../policy/types';

export const zoneCheck: DecisionPointSpec = {
  point: 'zone-check',
  meaning:
    'Asked before a message shows somebody a time, when something speaks against their time zone: is it held until a person has said which one is theirs?',
  binding: 'current',
  hit: 'first',
  facts: {
    householdDisagrees: {
      type: 'boolean',
      meaning: 'Those they live with have zones that show another time, and no household of theirs agrees with them',
      example: true,
    },
    phoneDisagrees: {
      type: 'boolean',
      meaning: 'Their phone number belongs to a country where no clock shows the time of their zone',
      example: false,
    },
    arrivedOff: {
      type: 'integer',
      unit: 'lessons',
      said: '# lessons off by the same hours',
      meaning: 'To how many earlier lessons they came off by the same whole number of hours, within ten minutes',
      example: 2,
    },
  },
  outcome: {
    verdict: {
      type: 'enum',
      values: ['fine', 'hold'],
      meaning: 'Send it, or hold what shows them a time until a person has said their zone',
      example: 'hold',
    },
  },
};
