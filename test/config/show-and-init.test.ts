import { join } from 'node:path';
import test from 'ava';
import { finishEcosystem } from '../../src/config/finish.js';
import { readEcosystem } from '../../src/config/read.js';
import { showEcosystem } from '../../src/config/show.js';
import { initText } from '../../src/config/starter.js';
import { folderWith, problemsOf, readValue, requestFor, styles } from './rig.js';

for (const format of ['json', 'yaml', 'js', 'ts'] as const)
  test(`the starter in ${format} is valid`, async (t) => {
    const name =
      format === 'json' || format === 'yaml' ? `ecosystem.${format}` : `ecosystem.config.${format}`;
    const folder = folderWith(t, { [name]: initText(format), 'package.json': '{"type": "module"}' });
    const draft = await readEcosystem(requestFor(join(folder, name), { envName: 'production' }));
    t.deepEqual(await problemsOf(draft), []);
    t.like(draft.servers[0], { name: 'web', env: { NODE_ENV: 'production' } });
    t.deepEqual(draft.warnings, []);
  });

test('secrets are masked unless they are asked for', async (t) => {
  const env = { DB_PASSWORD: 'p1', API_KEY: 'k1', PLAIN: 'seen', URL: 'postgres://me:hidden@db/x' };
  const draft = await readValue(t, {
    servers: [{ name: 'web', env, command: ['x'] }],
    plugins: [['a', { token: 't1' }]],
  });
  const ecosystem = await finishEcosystem(draft, styles);
  const text = JSON.stringify(showEcosystem(ecosystem, { reveal: false }));
  for (const secret of ['p1', 'k1', 'hidden', 't1'])
    t.false(text.includes(`"${secret}"`) || text.includes(`:${secret}@`), secret);
  t.true(
    text.includes('"seen"') && text.includes('"default/web"') && text.includes('postgres://me:********@db/x'),
  );
  t.true(JSON.stringify(showEcosystem(ecosystem, { reveal: true })).includes('"p1"'));
});
