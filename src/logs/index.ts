/** Reading logs: their last lines, and those that come, whatever happens to the files. */
export { follow, tailLines } from './follow.js';
export { formatLine } from './format-line.js';
export { everything, readLogFilter } from './log-filter.js';
export { writeLines } from './write-lines.js';
export type { FollowOptions, TailOptions } from './follow.js';
export type { LineFormat } from './format-line.js';
export type { LogFilter, LogFilterOptions, LogFilterResult } from './log-filter.js';
export type { LogFile, LogLine, LogStream } from './log-line.js';
