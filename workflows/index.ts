export { fillSeries } from './series/fill';
export { sessionLifecycle } from './session/lifecycle';
