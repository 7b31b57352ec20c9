export type StarterFormat = 'json' | 'yaml' | 'js' | 'ts';

/** A first ecosystem file, with the comments that one looks up at the start. It is valid as it stands. */
export const initText = (format: StarterFormat): string => starters[format];

const json = `{
  // Checked and completed by editors.
  "$schema": "./node_modules/mpm-io/ecosystem.schema.json",
  "servers": [
    {
      "name": "web",
      // A file, a program of the PATH, or a shell line. Paths start at this file.
      "script": "server.js",
      // Told to the server as PORT; instance i gets port + i. Or a range: { "from": 3000, "to": 3010 }
      "port": 3000,
      "env": { "NODE_ENV": "development" },
      // Chosen by: mpm-io start --env production
      "env_production": { "NODE_ENV": "production" },
      // Without it, ready is: the port is open.
      // "ready": { "http": "/health", "timeout": "30s" },
      "stop": { "signal": "SIGTERM", "timeout": "10s" }
    }
    // { "name": "worker", "script": "worker.js", "dependsOn": "web" }
  ]
}
`;

const yaml = `# yaml-language-server: $schema=./node_modules/mpm-io/ecosystem.schema.json
servers:
  - name: web
    # A file, a program of the PATH, or a shell line. Paths start at this file.
    script: server.js
    # Told to the server as PORT; instance i gets port + i. Or a range: { from: 3000, to: 3010 }
    port: 3000
    env:
      NODE_ENV: development
    # Chosen by: mpm-io start --env production
    env_production:
      NODE_ENV: production
    # Without it, ready is: the port is open.
    # ready: { http: /health, timeout: 30s }
    stop: { signal: SIGTERM, timeout: 10s }
  # - name: worker
  #   script: worker.js
  #   dependsOn: web
`;

const body = `{
  servers: [
    {
      name: 'web',
      // A file, a program of the PATH, or a shell line. Paths start at this file.
      script: 'server.js',
      // Told to the server as PORT; instance i gets port + i. Or a range: { from: 3000, to: 3010 }
      port: 3000,
      env: { NODE_ENV: 'development' },
      // Chosen by: mpm-io start --env production
      env_production: { NODE_ENV: 'production' },
      // Without it, ready is: the port is open.
      // ready: { http: '/health', timeout: '30s' },
      stop: { signal: 'SIGTERM', timeout: '10s' },
    },
    // { name: 'worker', script: 'worker.js', dependsOn: 'web' },
  ],
}`;

const starters: Readonly<Record<StarterFormat, string>> = {
  json,
  yaml,
  js: `/** @type {import('mpm-io').EcosystemFile} */\nexport default ${body};\n`,
  ts: `import type { EcosystemFile } from 'mpm-io';\n\nexport default ${body} satisfies EcosystemFile;\n`,
};
