/** `mpm-io/plugin`: everything a management style is written against. It imports no library. */
export { fillAll, fillText } from '../model/fill.js';
export { findAlive, identityOf, isAlive, isStopped, sameIdentity, startedAt } from '../model/process.js';
export { formatAddress, reachableHost } from '../model/socket.js';
export { ancestorsOf, childrenOf, descendantsOf, related, treeRss } from '../model/tree.js';
export { fillUnit, unitOf } from '../model/unit-of.js';
export { apiVersion, definePlugin } from './contract.js';
export type * from './contract.js';
export type * from '../host/host.js';
export type * from '../model/finding.js';
export type * from '../model/key.js';
export type * from '../model/probe.js';
export type * from '../model/server.js';
export type * from '../model/sighting.js';
export type * from '../model/socket.js';
export type * from '../model/unit.js';
export type * from '../model/unit-view.js';
export type * from '../units/contract.js';
export type * from '../model/process.js';
