/** `mpm-io`: what programs use that read or write ecosystem files and reports. Re-exports only. */
export { defineConfig } from './config/define.js';
export { isMpmError, MpmError } from './model/errors/index.js';
export { version } from './model/version.js';
export type { ConfigArguments, EcosystemExport, EcosystemFile } from './config/define.js';
export type * from './engine/diagnosis.js';
export type * from './engine/report.js';
export type { Finding, Remedy, Severity } from './model/finding.js';
export type { Claims, Evidence } from './model/sighting.js';
export type { Endpoint } from './model/socket.js';
