export { manage } from './manage.js';
export { host, port } from './port.js';
export { compareVersions, parseVersion } from './versions.js';
export { tokenFile } from './token.js';
export type {
  AppLike,
  Check,
  CheckPolicy,
  CheckState,
  Compatibility,
  Health,
  Manageable,
  Managed,
  ManageOptions,
  Paths,
  ShutdownCause,
  ShutdownHook,
  ShutdownReport,
  SocketIoLike,
  Status,
} from './contract.js';
export type { TokenEndpoint, TokenFile } from './token.js';
export type { Version } from './versions.js';
