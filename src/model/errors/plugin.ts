import type { ErrorFamily } from './entry.js';

export const pluginErrors = {
  HOOK_FAILED: (f: { style: string; hook: string; cause: string }) => ({
    message: `The style ${f.style} failed in ${f.hook}: ${f.cause}`,
    hint: `Report it to the author of ${f.style}; the other styles went on.`,
    exit: 1,
  }),
  HOOK_TIMEOUT: (f: { style: string; hook: string; ms: number }) => ({
    message: `The style ${f.style} did not finish ${f.hook} within ${f.ms} ms.`,
    hint: `A hook must end when its abort signal fires; report it to the author of ${f.style}.`,
    exit: 1,
  }),
} satisfies ErrorFamily;
