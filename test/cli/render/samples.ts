import type { ConfigWarning, Ecosystem, KeyReport } from '../../../src/config/ecosystem.js';
import type { DiagnosisReport } from '../../../src/engine/diagnosis.js';
import type { InstanceReport, StatusReport, StepReport } from '../../../src/engine/report.js';
import type { Finding } from '../../../src/model/finding.js';

export const row = (over: Partial<InstanceReport>): InstanceReport => ({
  name: 'web',
  namespace: 'default',
  instance: 0,
  id: 0,
  style: 'http-managed',
  state: 'online',
  desired: 'up',
  reason: null,
  ready: true,
  pid: 41_234,
  port: 3000,
  endpoints: [{ kind: 'tcp', port: 3000, host: null }],
  host: null,
  url: 'http://127.0.0.1:3000',
  uptimeMs: 187_200_000,
  restarts: 0,
  cpu: 1.25,
  memory: 50_437_324,
  owner: { style: 'supervised', manager: 'mpm-io at /home/a/.mpm-io', pid: null },
  origin: 'ours',
  declaredIn: '/srv/shop/ecosystem.json',
  undeclared: false,
  evidence: [{ source: 'health', text: 'GET http://127.0.0.1:3000/health answered 200 with pid 41234' }],
  claims: { pid: 41_234, version: '2.1.0', clients: 12 },
  key: 'default/web:0',
  instances: 1,
  ...over,
});

const off = { pid: null, uptimeMs: null, memory: null, ready: null, owner: null, origin: null } as const;

export const twoOwners: Finding = {
  rule: 'port-held-by-stranger',
  severity: 'error',
  servers: ['default/api:0'],
  message: 'Port 3001 of api is held by pid 99 (python3 -m http.server 3001), which nobody declared.',
  evidence: [{ source: 'socket', text: '/proc/net/tcp: 127.0.0.1:3001 is held by pid 99' }],
  remedies: [
    { text: 'Stop it.', shell: 'mpm-io stop --port 3001', fix: null },
    {
      text: 'See who runs it.',
      shell: 'mpm-io diagnose --port 3001',
      fix: null,
    },
  ],
};

export const status: StatusReport = {
  schemaVersion: 1,
  servers: [
    row({}),
    row({
      name: 'chat',
      key: 'shop/chat:0',
      namespace: 'shop',
      instances: 2,
      id: 1,
      state: 'starting',
      ready: false,
      port: 3010,
      uptimeMs: 1200,
    }),
    row({
      name: 'chat',
      key: 'shop/chat:1',
      namespace: 'shop',
      instances: 2,
      id: 2,
      port: 3011,
      restarts: 4,
    }),
    row({
      ...off,
      name: 'api',
      key: 'default/api:0',
      id: 3,
      state: 'failed',
      reason: 'exit 1 after 2 s: Error: listen EADDRINUSE',
      port: 3001,
    }),
    row({
      ...off,
      name: 'jobs',
      key: 'default/jobs:0',
      id: null,
      style: 'daemon-managed',
      state: 'stopped',
      desired: 'down',
      port: null,
    }),
    row({
      ...off,
      name: 'slow',
      key: 'default/slow:0',
      id: 5,
      state: 'unresponsive',
      reason: 'accepts connections and does not answer within 1 s',
      pid: 77,
      port: 3002,
    }),
    row({
      name: 'relay',
      key: 'default/relay:0',
      id: null,
      origin: 'external',
      owner: { style: 'pm2-managed', manager: 'pm2 at /home/ada/.pm2', pid: 12 },
      port: 8080,
      memory: 1_288_490_189,
    }),
  ],
  undeclared: [
    row({
      name: 'python3',
      key: 'default/python3:0',
      id: null,
      style: 'supervised',
      ready: null,
      pid: 99,
      port: 3001,
      owner: null,
      origin: 'external',
      memory: 9_437_184,
      uptimeMs: 65_000,
    }),
  ],
  findings: [twoOwners],
};

export const empty: StatusReport = { schemaVersion: 1, servers: [], undeclared: [], findings: [] };

const hostileNames = [
  'red\u001b[31m\u001b[2J',
  '日本語のとても長いサーバーの名前です',
  '👩‍👩‍👧 family 🇩🇪',
  'שרת-\u202egnp',
  'two\r\nlines\tand\0nul',
  '\u009b31mC1',
  'a'.repeat(200),
];

export const hostile: StatusReport = {
  schemaVersion: 1,
  servers: hostileNames.map((name, id) =>
    row({
      name,
      id,
      key: `default/${name}:0`,
      style: `s\u001b[5m${id}`,
      state: 'failed',
      reason: `because of ${name}`,
    }),
  ),
  undeclared: [],
  findings: [{ ...twoOwners, servers: [], message: `about ${hostileNames.join(' and ')}` }],
};

export const step = (over: Partial<StepReport>): StepReport => ({
  action: 'start',
  server: 'web',
  key: 'default/web:0',
  outcome: 'done',
  message: 'ready on port 3000 after 340ms (pid 41234)',
  hint: null,
  fault: null,
  pid: 41_234,
  port: 3000,
  ms: 340,
  details: [],
  ...over,
});

export const steps: readonly StepReport[] = [
  step({}),
  step({ action: 'keep', server: 'shop/chat:0', outcome: 'unchanged', message: 'runs already (pid 12)' }),
  step({
    server: 'api',
    outcome: 'failed',
    message: 'ended with exit 1 before it was ready',
    hint: 'mpm-io logs api --err',
    details: [
      'Error: listen EADDRINUSE: address already in use 127.0.0.1:3001',
      '    at \u001b[31mServer\u001b[0m.setupListenHandle',
    ],
  }),
];

export const diagnosis: DiagnosisReport = {
  schemaVersion: 1,
  subject: { server: null, port: 3001, pid: null },
  ports: [
    {
      port: 3001,
      free: false,
      listeners: [
        {
          family: 4,
          address: '127.0.0.1',
          note: null,
          holders: [
            {
              pid: 99,
              command: 'python3 -m http.server 3001 --bind 127.0.0.1',
              user: 'ann',
              since: 1_000_000,
              manager: null,
            },
          ],
        },
        { family: 6, address: '::1', note: 'another program than on IPv4', holders: [] },
      ],
    },
    { port: 3002, free: true, listeners: [] },
    { port: 80, free: false, listeners: [] },
  ],
  claims: [
    {
      style: 'http-managed',
      role: 'witness',
      name: 'api',
      key: 'default/api:0',
      manager: null,
      pid: 99,
      proven: false,
      evidence: [{ source: 'health', text: 'GET http://127.0.0.1:3001/health answered 404 with text/html' }],
    },
  ],
  chains: [
    [
      { pid: 99, command: 'python3 -m http.server 3001', user: 'ann', what: 'listens' },
      { pid: 50, command: '-bash', user: 'ann', what: null },
      { pid: 1, command: 'systemd', user: 'root', what: 'the first process' },
    ],
  ],
  findings: [twoOwners],
  blind: ['pm2 did not answer within 1 s'],
};

const key = (
  server: string,
  name: string,
  verdict: KeyReport['verdict'],
  how: string | null = null,
): KeyReport => ({
  server,
  key: name,
  verdict,
  how,
});

const warning = (over: Partial<ConfigWarning>): ConfigWarning => ({
  kind: 'ignored',
  path: 'apps[0].max_memory',
  line: 12,
  key: 'max_memory',
  server: 'api',
  message: 'is not known',
  ...over,
});

export const ecosystem: Ecosystem = {
  file: '/srv/shop/ecosystem.config.cjs',
  folder: '/srv/shop',
  servers: [],
  plugins: [],
  warnings: [
    warning({}),
    warning({ server: null, path: 'deploy', key: 'deploy', line: 40, message: 'deploying is not our job' }),
  ],
  keys: [
    key('api', 'name', 'honoured'),
    key('api', 'script', 'honoured'),
    key('api', 'instances', 'differs', 'one instance until there is a cluster style'),
    key('api', 'max_memory', 'ignored', 'is not known'),
    key('we\u001b[31mb', 'watch', 'supervisor', 'nobody watches without a supervisor'),
  ],
};
