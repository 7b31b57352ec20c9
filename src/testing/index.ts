/** `mpm-io/testing`: a system in memory, and the cases that prove a style keeps the contract. It needs no test runner. */
export { conformanceCases } from './conformance/index.js';
export type { ConformanceCase, ConformanceFixture, Presence } from './conformance/rig.js';
export { declareServer, instanceOf } from './declare.js';
export { createFakeContext, type FakeContext, type FakeContextOptions } from './fake-context.js';
export { createFakeHost } from './fake-host.js';
export type * from './fake-host.js';
export { createLook, recordedUnit, withRecord, type LookOptions } from './fake-look.js';
