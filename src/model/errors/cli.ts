import type { ErrorFamily } from './entry.js';

export const cliErrors = {
  PLATFORM_UNSUPPORTED: (f: { platform: string }) => ({
    message: `mpm-io runs on Linux and macOS, not on ${f.platform}.`,
    hint: 'On Windows, run it inside WSL.',
    exit: 2,
  }),
} satisfies ErrorFamily;
