import { findConflicts } from '../../src/engine/rules/index.js';
import type { Finding } from '../../src/model/finding.js';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import { fixed, recorded, say, server, snapshotOf, type World } from './rig.js';

export const port = 8765;
export const web = server('web', { port: fixed(port), host: '127.0.0.1' });

export const findings = async (world: World): Promise<readonly Finding[]> =>
  findConflicts(await snapshotOf(world), say);

/** Findings as `rule severity: message`, and their remedies' commands. */
export const told = (found: readonly Finding[]) =>
  found.map(({ rule, severity, message }) => `${rule} ${severity}: ${message}`);
export const shells = (found: readonly Finding[]) =>
  found.flatMap(({ remedies }) => remedies.flatMap(({ shell }) => shell ?? []));

export const healthy = (): { host: FakeHost; world: World; pid: number } => {
  const host = createFakeHost();
  const main = host.process({ argv: ['node', 'web.js'], listen: [{ port }] });
  return { host, pid: main.pid, world: { host, servers: [web], records: [recorded(web, main, port)] } };
};
