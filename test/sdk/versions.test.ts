import test from 'ava';
import { checkClient } from '../../src/sdk/compatibility.js';
import { compareVersions, parseVersion } from '../../src/sdk/versions.js';

const ascending = [
  '0.9.0',
  '0.10.0',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.2.9',
  '1.2.10',
  '2.0.0',
  '10.0.0',
];

test('versions are ordered by number, not by text', (t) => {
  for (const [i, older] of ascending.entries())
    for (const newer of ascending.slice(i + 1)) {
      t.true(compareVersions(parseVersion(older), parseVersion(newer)) < 0, `${older} < ${newer}`);
      t.true(compareVersions(parseVersion(newer), parseVersion(older)) > 0, `${newer} > ${older}`);
    }
  t.is(compareVersions(parseVersion('v1.2'), parseVersion('1.2.0+build.5')), 0);
});

test('what is no version is refused', (t) => {
  for (const text of ['', 'latest', '1.2.3.4', '1.2.x', '-1', '1.0.0-', 'v', `${'9'.repeat(40)}.0.0`])
    t.throws(() => parseVersion(text), { instanceOf: TypeError }, text);
});

test('a client fits between both bounds, which are included', (t) => {
  const bounds = { version: '3.0.0', minClient: '0.9.0', maxClient: '2' };
  const fits = (version: string): boolean => checkClient(bounds, version).compatible;
  t.true(fits('0.9.0'));
  t.true(fits('0.10.0'));
  t.true(fits('2.99.1'));
  t.false(fits('0.8.99'));
  t.false(fits('0.9.0-rc.1'));
  t.false(fits('3.0.0'));
  t.regex(checkClient(bounds, '3.0.0').warnings[0] ?? '', /newer than 2/);
  t.true(checkClient({ version: null, minClient: null, maxClient: null }, '0.0.1').compatible);
});
