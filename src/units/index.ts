/** The ground on which servers are launched and stopped: homes, records, the launcher. */
export { halt } from './halt.js';
export { openHome, type Home } from './home.js';
export { createLauncher } from './launcher.js';
export type { LauncherOptions } from './keeper.js';
export { withHomeLock, type LockOptions } from './lock.js';
export { type LogFiles, logFilesOf, plainText, tailOf } from './log-files.js';
export { type PidFileText, readPidFile } from './pid-file.js';
export {
  askProbe,
  type AskableProbe,
  createProber,
  type ProbeAnswer,
  type ProbeFacts,
  type Prober,
  probeWords,
} from './probe.js';
export {
  createRecordReader,
  markerName,
  markerOf,
  readRecords,
  type RecordProblem,
  type Records,
  type StoredUnit,
} from './records.js';
export { hashSpec } from './store.js';
export { exitFactWords, exitWords } from './exit-words.js';
export { viewUnit } from './view.js';
export { viewUnits } from './views.js';
export { isHelper } from './helper.js';
