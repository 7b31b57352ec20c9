import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readListeners } from '../../src/host/linux/listeners.js';
import { decodeAddress, parseSocketRow } from '../../src/host/linux/socket-rows.js';
import { temporaryFolder } from './rig.js';

const addresses: readonly (readonly [string, 4 | 6, string])[] = [
  ['00000000', 4, '0.0.0.0'],
  ['0100007F', 4, '127.0.0.1'],
  ['0F02000A', 4, '10.0.2.15'],
  ['00000000000000000000000000000000', 6, '::'],
  ['00000000000000000000000001000000', 6, '::1'],
  ['0000000000000000FFFF00000100007F', 4, '127.0.0.1'],
  ['B80D0120000000000000000001000000', 6, '2001:db8::1'],
  ['000080FE00000000FF005450B8B6A2FE', 6, 'fe80::5054:ff:fea2:b6b8'],
  ['B80D0120010000000000010001000000', 6, '2001:db8:0:1:1::1'],
];

for (const [hex, family, address] of addresses) {
  test(`${hex} is ${address}`, (t) => {
    t.deepEqual(decodeAddress(hex), { family, address });
  });
}

const rowOf = (n: number, port: number, state: string, inode: number): string =>
  `   ${n}: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} ` +
  `00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0`;

const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

test('a row', (t) => {
  t.deepEqual(parseSocketRow(rowOf(0, 8080, '0A', 77)), {
    listens: true,
    row: { family: 4, address: '127.0.0.1', port: 8080, inode: 77, uid: 1000 },
  });
  t.is(parseSocketRow(rowOf(0, 8080, '01', 77))?.listens, false);
  t.is(parseSocketRow(heading), null);
  t.is(parseSocketRow(''), null);
});

const portsOf = (folder: string, lines: readonly string[]): readonly number[] => {
  mkdirSync(join(folder, 'net'));
  writeFileSync(join(folder, 'net', 'tcp'), `${[heading, ...lines].join('\n')}\n`);
  return readListeners(folder).rows.map(({ port }) => port);
};

test('listeners of a table longer than one read are all found', (t) => {
  const lines = Array.from({ length: 900 }, (_, i) => rowOf(i, 1000 + i, '0A', i + 1));
  t.is(portsOf(temporaryFolder(t), lines).length, 900);
});

test('reading ends with the block in which connections begin', (t) => {
  const connections = Array.from({ length: 900 }, (_, i) => rowOf(i, 50, '01', i + 1));
  const lines = [rowOf(0, 80, '0A', 1), ...connections, rowOf(999, 443, '0A', 2)];
  t.deepEqual(portsOf(temporaryFolder(t), lines), [80]);
});

test('where a listener follows a connection the order is not trusted and all is read', (t) => {
  const connections = Array.from({ length: 900 }, (_, i) => rowOf(i, 50, '01', i + 1));
  const lines = [rowOf(0, 50, '01', 9), rowOf(0, 80, '0A', 1), ...connections, rowOf(999, 443, '0A', 2)];
  t.deepEqual(portsOf(temporaryFolder(t), lines), [80, 443]);
});

test('no table at all is no listeners', (t) => {
  t.deepEqual(readListeners(temporaryFolder(t)).rows, []);
});
