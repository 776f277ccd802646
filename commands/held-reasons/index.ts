/**
 * What a held step says to whoever decides it: which lesson and who, what the rules say or what is not known, and what can be
 * done. How the rules came to it is the decision's to tell, behind "why".
 */
export * from './automations';
export * from './booking';
export * from './changes';
export * from './documents';
export * from './groups';
export * from './lesson';
export * from './messages';
export * from './money';
export * from './series';
export * from './webhooks';
export { becauseOf, everybodyIsFree, lesson, sentences } from './words';
export * from './zones';
