import test from 'ava';
import { treatments } from '../../../plugins/daemon-managed/treatment.js';
import type { PidFileVerdict } from '../../../src/model/sighting.js';
import {
  createFakeHost,
  instanceOf,
  type FakeFile,
  type FakeHost,
  type FakeProcess,
} from '../../../src/testing/index.js';
import { contextOn, detectOn, file, pid, relay, running, styleOn, verdictsOn } from './rig.js';

type Case = {
  readonly what: string;
  readonly verdict: PidFileVerdict;
  readonly words: RegExp;
  readonly text?: string;
  readonly file?: FakeFile;
  /** The process that the file names. */
  readonly process?: FakeProcess;
};

const hour = 3_600_000;
const stranger = { pid, argv: ['sleep', '1000'] };

const cases: readonly Case[] = [
  { what: 'a process that is gone', verdict: 'stale', words: /no such process/, text: String(pid) },
  {
    what: 'another boot',
    verdict: 'stale',
    words: /another boot/,
    text: JSON.stringify({ pid, start: 1, boot: 'x/2' }),
    process: stranger,
  },
  {
    what: 'a zombie',
    verdict: 'zombie',
    words: /a zombie/,
    text: String(pid),
    process: { ...stranger, state: 'Z' },
  },
  { what: 'nothing at all', verdict: 'empty', words: /is empty/, text: '' },
  { what: 'white space', verdict: 'empty', words: /is empty/, text: ' \n' },
  { what: 'NUL bytes', verdict: 'garbage', words: /no number/, text: '\0\0\0' },
  { what: 'text', verdict: 'garbage', words: /no number/, text: 'hello' },
  { what: 'a number with junk behind it', verdict: 'garbage', words: /no number/, text: `${pid} x` },
  { what: 'PID 0', verdict: 'garbage', words: /not the number of a process/, text: '0' },
  { what: 'PID 1', verdict: 'garbage', words: /init/, text: '1' },
  { what: 'PID -1', verdict: 'garbage', words: /not the number/, text: '-1' },
  { what: 'a number that is no PID', verdict: 'garbage', words: /larger than any PID/, text: '99999999999' },
  { what: 'this very command', verdict: 'garbage', words: /this command/, text: String(process.pid) },
  { what: 'JSON without a PID', verdict: 'garbage', words: /names no server/, text: '{"a":1}' },
  { what: 'broken JSON', verdict: 'garbage', words: /no JSON object/, text: '{"pid":' },
  { what: 'a huge file', verdict: 'garbage', words: /not read/, text: '1'.repeat(5000) },
  {
    what: 'an unrelated process',
    verdict: 'foreign',
    words: /not shown to be relay/,
    text: String(pid),
    process: stranger,
  },
  {
    what: 'a process younger than the file',
    verdict: 'reused',
    words: /after the file was written/,
    text: String(pid),
    file: { mtimeMs: 1_750_000_000_000 - hour },
    process: stranger,
  },
  {
    what: 'an identity that has changed',
    verdict: 'reused',
    words: /the file says 7/,
    text: JSON.stringify({ pid, start: 7, boot: 'fake-boot/1' }),
    process: stranger,
  },
  {
    what: 'a start time that is not its own',
    verdict: 'reused',
    words: /the file says 2020/,
    text: JSON.stringify({ pid, process_start_time: 1_577_836_800.5 }),
    process: stranger,
  },
  {
    what: 'a symlink',
    verdict: 'symlink',
    words: /not read/,
    text: '/etc/passwd',
    file: { kind: 'symlink' },
  },
  { what: 'a FIFO', verdict: 'not-a-file', words: /not read/, file: { kind: 'fifo' } },
  { what: 'a folder', verdict: 'not-a-file', words: /not read/, file: { kind: 'folder' } },
  {
    what: 'a file of another user',
    verdict: 'other-owner',
    words: /belongs to user 4242/,
    text: String(pid),
    file: { uid: 4242 },
    process: stranger,
  },
  {
    what: 'a file that anybody can write',
    verdict: 'writable-by-others',
    words: /any user can write/,
    text: String(pid),
    file: { mode: 0o666 },
    process: stranger,
  },
];

const plant = ({ text = '', file: how = {}, process }: Case): FakeHost => {
  const host = createFakeHost();
  if (process !== undefined) host.process(process);
  host.file(file, text, how);
  return host;
};

for (const item of cases) {
  test(`${item.what}: ${item.verdict}, with its own evidence, and never signalled`, async (t) => {
    const host = plant(item);
    const found = await detectOn(host);
    t.true(found.seen === 'absent');
    if (found.seen !== 'absent') return;
    const [fact] = found.pidFiles ?? [];
    t.is(fact?.verdict, item.verdict);
    t.regex(fact?.text ?? '', item.words);
    t.true(found.evidence.some(({ text }) => text === fact?.text));
    t.deepEqual([host.signals.length, host.files.stat(file) === null], [0, false]);
  });

  test(`${item.what}: start ${treatments[item.verdict].start}s`, async (t) => {
    const host = plant(item);
    const context = contextOn(host);
    const outcome = await styleOn(host).start(instanceOf(relay()), context);
    const refused = treatments[item.verdict].start === 'refuse';
    t.is(context.started.length, refused ? 0 : 1);
    t.is(outcome.kind === 'failed' ? outcome.code : null, refused ? 'MPM_PID_FILE_REFUSED' : null);
    t.is(host.files.stat(file) === null, treatments[item.verdict].removable);
    t.is(host.signals.length, 0);
  });
}

test('a file in a folder that others can write is not believed, in a sticky one it is', async (t) => {
  const instance = instanceOf(relay({ pidFile: ['/tmp/relay.pid'] }));
  const host = running({ listen: [] });
  host.file('/tmp', '', { kind: 'folder', mode: 0o777, uid: 0 });
  host.file('/tmp/relay.pid', String(pid));
  t.deepEqual(await verdictsOn(host, instance), ['writable-by-others']);
  host.file('/tmp', '', { kind: 'folder', mode: 0o1777, uid: 0 });
  t.is((await detectOn(host, instance)).seen, 'running');
});

test('a file that cannot be read is not absent', async (t) => {
  const host = createFakeHost();
  host.file(file, String(pid), { unreadable: true });
  const found = await detectOn(host);
  t.is(found.seen, 'unavailable');
});

test('no file: absent, and the record is told', async (t) => {
  t.deepEqual(await verdictsOn(createFakeHost()), ['missing']);
});
