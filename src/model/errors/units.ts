import type { ErrorFamily } from './entry.js';

export const unitErrors = {
  HOME_UNSAFE: (f: { path: string; why: string }) => ({
    message: `The home ${f.path} is not safe to use: ${f.why}.`,
    hint: 'Give another folder: MPM_IO_HOME=DIR mpm-io status',
    exit: 2,
  }),
} satisfies ErrorFamily;
