import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/mpm-io.js', import.meta.url));
const script = fileURLToPath(new URL('server.mjs', import.meta.url));

/** Folders of one run of the bench, gone with it. */
export const openStage = () => {
  const root = mkdtempSync(join(tmpdir(), 'mpm-io-bench-'));
  let folders = 0;
  return {
    folder: () => {
      const path = join(root, String((folders += 1)));
      mkdirSync(path);
      return path;
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
};

/** A folder with its own home and, with servers, an ecosystem file. */
export const openProject = (stage, servers = null) => {
  const cwd = stage.folder();
  if (servers !== null) writeFileSync(join(cwd, 'ecosystem.json'), JSON.stringify({ servers }));
  const env = { MPM_IO_HOME: join(stage.folder(), 'home'), NO_COLOR: '1' };
  const command = (...words) => ({ argv: [process.execPath, program, ...words], cwd, env, codes: [0, 3] });
  return {
    cwd,
    command,
    run: (...words) =>
      execFileSync(process.execPath, [program, ...words], {
        cwd,
        env: { ...process.env, ...env },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1 << 28,
      }),
  };
};

/** Ports that are free now, each different. */
export const freePorts = async (count) => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

const common = (port, index) => ({ name: `s${index}`, port, host: '127.0.0.1' });

/** Launched by us. */
export const supervised = (port, index) => ({ ...common(port, index), script });

/** Watched only: whoever started it, it is known by its answer. */
export const httpManaged = (port, index) => ({ ...common(port, index), style: 'http-managed' });
