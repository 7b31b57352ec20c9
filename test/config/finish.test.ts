import test from 'ava';
import { z } from 'zod';
import { finishEcosystem, type StyleRules } from '../../src/config/finish.js';
import { readEcosystem } from '../../src/config/read.js';
import type { StandardSchema } from '../../src/plugin/contract.js';
import { problemsOf, readValue, requestFor } from './rig.js';

const style = (serverOptions: StandardSchema): ReadonlyMap<string, StyleRules> =>
  new Map([['http-managed', { instances: 'many', serverOptions }]]);

const server = (keys: Readonly<Record<string, unknown>>) => ({
  servers: [{ name: 'web', style: 'http-managed', ...keys }],
});

const strict = z.strictObject({
  signature: z.string().default('ok'),
  paths: z.object({ pid: z.string() }).optional(),
});
const lenient = z.object({ signature: z.string().default('ok'), hidden: z.string().optional() });

test('the keys of a style are what its schema leaves, and frozen', async (t) => {
  const draft = await readValue(t, server({ paths: { pid: 'x' } }));
  const { servers, keys } = await finishEcosystem(draft, style(strict));
  const options = servers[0]?.options ?? {};
  t.deepEqual(options, { signature: 'ok', paths: { pid: 'x' } });
  t.true(Object.isFrozen(options) && Object.isFrozen(options['paths']));
  t.true(keys.some(({ key, how }) => key === 'paths' && how === 'by http-managed'));
});

test('a misspelt key of a style is suggested, whether its schema is strict or not', async (t) => {
  for (const schema of [strict, lenient]) {
    const problems = await problemsOf(await readValue(t, server({ signatur: 'x' })), style(schema));
    t.deepEqual(
      problems.map(({ path, suggestion }) => [path, suggestion]),
      [['servers[0].signatur', 'signature']],
    );
  }
});

test('a key that a schema reads and leaves out is no mistake', async (t) => {
  const schema = z.object({ old: z.string().optional() }).transform(({ old }) => ({ renamed: old }));
  const { servers } = await finishEcosystem(await readValue(t, server({ old: 'x' })), style(schema));
  t.deepEqual(servers[0]?.options, { renamed: 'x' });
});

test('a wrong value of a style has its path and line', async (t) => {
  const [problem] = await problemsOf(await readValue(t, server({ paths: { pid: 5 } })), style(strict));
  t.deepEqual([problem?.path, problem?.line], ['servers[0].paths.pid', 7]);
  t.regex(problem?.message ?? '', /a key of http-managed/);
});

test('a schema of another library, and one that throws', async (t) => {
  const own: StandardSchema = {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value) =>
        Promise.resolve(
          'bad' in (value as object) ? { issues: [{ message: 'bad', path: [{ key: 'bad' }] }] } : { value },
        ),
    },
  };
  t.deepEqual(
    (await problemsOf(await readValue(t, server({ bad: 1 })), style(own))).map(({ path }) => path),
    ['servers[0].bad'],
  );
  t.deepEqual(await problemsOf(await readValue(t, server({ good: 1 })), style(own)), []);
  const throws: StandardSchema = {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: () => {
        throw new Error('oops');
      },
    },
  };
  t.regex(
    (await problemsOf(await readValue(t, server({})), style(throws)))[0]?.message ?? '',
    /failed: oops/,
  );
});

test('the error names file, line, path and what may be meant, and exits with 2', async (t) => {
  const draft = await readValue(t, { servers: [{ name: 'web', prot: 1 }] });
  const error = await t.throwsAsync(
    finishEcosystem(draft, new Map([['supervised', { instances: 'many' }]])),
    {
      code: 'MPM_CONFIG_INVALID',
    },
  );
  t.is(
    error.message,
    `${draft.file}:5: servers[0].prot: is no key of a server, nor of the style supervised. Did you mean "port"?`,
  );
  t.is((error as unknown as { exit: number }).exit, 2);
});

test('with no file nothing is checked', async (t) => {
  const ecosystem = await finishEcosystem(await readEcosystem(requestFor(null)), new Map());
  t.deepEqual(ecosystem.servers, []);
});

test('unknown keys, wrong values, names twice and wrong names are told together', async (t) => {
  const draft = await readValue(t, {
    servers: [
      { name: 'web', style: 'http-managed', port: 99999, signatur: 'x', env_live: 5 },
      { name: 'web', style: 'http-managed', paths: { pid: 5 } },
      { name: '-x', style: 'http-managed', prot: 80, instances: 0 },
      { name: 'y', style: 7, prot: 80 },
    ],
  });
  t.deepEqual(
    (await problemsOf(draft, style(strict))).map(({ path }) => path),
    [
      'servers[0].port',
      'servers[0].signatur',
      'servers[0].env_live',
      'servers[1].name',
      'servers[1].paths.pid',
      'servers[2].name',
      'servers[2].prot',
      'servers[2].instances',
      'servers[3].style',
    ],
  );
});
