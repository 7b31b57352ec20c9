/** Completion for shells. */
export { complete } from './complete.js';
export { completionScript, shells } from './scripts.js';
export type { Shell } from './scripts.js';
