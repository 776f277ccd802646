export { sessionLifecycle } from './session/lifecycle';
