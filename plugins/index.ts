import type { Plugin } from 'mpm-io/plugin';

/** The styles that come with mpm-io, each imported when a server or a command asks for it. */
export const builtinStyles: Readonly<Record<string, () => Promise<{ readonly default: Plugin }>>> = {
  supervised: () => import('./supervised/index.js'),
  'http-managed': () => import('./http-managed/index.js'),
  'daemon-managed': () => import('./daemon-managed/index.js'),
};
