/**
 * Why a draft is an extract although a model is configured: the code that is kept with the draft, and the words that the reviewer
 * reads. None of them repeats what the model said.
 */
export const DRAFT_FAULTS = {
  'no-recording-consent': 'not everyone on the session agreed to be recorded, so no model reads it',
  'no-ai-consent': 'not everyone on the session agreed to a model reading it',
  'model-timeout': 'the model did not answer in time',
  'model-rate-limited': 'the model takes no more requests at the moment',
  'model-failed': 'the model could not be reached or broke off',
  'model-refused': 'the model refused to write about this lesson',
  'model-empty': 'the model wrote nothing',
  'model-rambled': 'the model wrote far more than was asked',
  'model-broke-schema': 'what the model wrote is not in the form that was asked for',
  'model-ungrounded': 'the model quoted words that were not said, or not at that time',
  'model-obeyed-transcript': 'the model wrote what has no place in a draft: an address, a number, markup, or an instruction from the lesson',
  'model-named-others': 'the model named somebody who was not in the lesson',
  'model-wrong-language': 'the model wrote in another language',
} as const;

export type DraftFault = keyof typeof DRAFT_FAULTS;
const CONSENT = ['no-recording-consent', 'no-ai-consent'] as const;
/** What a model may do wrong; consent is not its fault. */
export type ModelFault = Exclude<DraftFault, (typeof CONSENT)[number]>;
export const isModelFault = (fault: DraftFault): fault is ModelFault => !(CONSENT as readonly DraftFault[]).includes(fault);
