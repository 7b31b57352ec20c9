/** Words and tables of the command line: pure functions from data to text, and the live view of what is under way. */
export { configCheckText } from './config-check.js';
export { diagnoseText } from './diagnosis.js';
export { errorJson, errorText } from './error.js';
export { fieldLines } from './fields.js';
export { findingLines, findingParagraph } from './findings.js';
export { infoText } from './info.js';
export { ProgressView } from './progress-view.js';
export { commandLine, shellWord } from './shell-word.js';
export { statusSummary } from './status-summary.js';
export { instanceName, statusTable } from './status-table.js';
export { planText, stepLine } from './steps.js';
export { tableLines } from './table.js';
export { wrap } from './wrap.js';
export type { ErrorFacts } from './error.js';
export type { Cell, Column } from './table.js';
export type { Terminal } from './terminal.js';
