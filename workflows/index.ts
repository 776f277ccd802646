export { adopt } from './adopt/adopt';
export { automationRun } from './automation/run';
export { driveBatch } from './batch/drive';
export { fillSeries } from './series/fill';
export { sessionLifecycle } from './session/lifecycle';
