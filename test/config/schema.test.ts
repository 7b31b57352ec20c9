import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { defineConfig, type EcosystemFile } from '../../src/config/define.js';
import { configs } from './rig.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const schema = JSON.parse(readFileSync(join(root, 'ecosystem.schema.json'), 'utf8')) as object;
const check = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

test('schema and reference page are those of the code', (t) => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/schema.mjs'), '--check'], {
    encoding: 'utf8',
  });
  t.is(status, 0, stderr);
});

test('editors accept what is good', (t) => {
  for (const name of ['all-keys.json', 'every-pm2-key.json', 'aliases.json']) {
    t.true(
      check(JSON.parse(readFileSync(join(configs, name), 'utf8'))),
      `${name}: ${JSON.stringify(check.errors)}`,
    );
  }
});

test('editors refuse what is bad', (t) => {
  const bad = [
    { port: 0 },
    { port: 65_536 },
    { port: { from: 1 } },
    { ready: { timeout: '10 parsecs' } },
    { ready: { timout: 1 } },
    { restart: 'sometimes' },
    { instances: 0 },
    { env: { A: null } },
    { limits: { memory: '1X' } },
    { name: 5 },
  ];
  for (const keys of bad) t.false(check({ servers: [{ name: 'web', ...keys }] }), JSON.stringify(keys));
  t.false(check({ servers: [{}] }));
  t.false(check({ servers: {} }));
});

test('defineConfig gives back what it got, and types it', (t) => {
  const file: EcosystemFile = {
    servers: [{ name: 'web', port: 3000, ready: { http: '/health', timeout: '5s' }, mine: 1 }],
  };
  t.is(defineConfig(file), file);
  // @ts-expect-error a port is no text
  defineConfig({ servers: [{ name: 'web', port: '3000' }] });
});
