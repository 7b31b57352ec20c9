import { type Server } from 'mpm-io/plugin';
import { isFlag, isObjectOf, isOneOf, isTextOrTexts, strictSchema } from '../seen/strict-schema.js';

/** The keys of a server under `daemon-managed`. */
export type DaemonOptions = {
  readonly verify?: {
    /** Part of the command line of the process, or `/a regular expression/`. It must match. */
    readonly command?: string;
    /** The declared port must be held by the process or something below it. */
    readonly port?: boolean;
  };
  /** What we write into the PID file of a program that stays in the foreground. */
  readonly pidFileFormat?: 'json' | 'number';
};

/** Of the style itself. */
export type DaemonPluginOptions = {
  /** More places where daemons leave their PID files, to recognise those that nobody declared. May hold `{port}`, `{cwd}`, `{comm}`, `~`. */
  readonly places?: string | readonly string[];
};

const isPattern = (value: unknown): string | null => {
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty';
  try {
    matcherOf(value);
    return null;
  } catch (error) {
    return `is no regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
};

export const daemonOptions = strictSchema<DaemonOptions>({
  verify: isObjectOf({ command: isPattern, port: isFlag }),
  pidFileFormat: isOneOf(['json', 'number']),
});

export const daemonPluginOptions = strictSchema<DaemonPluginOptions>({ places: isTextOrTexts });

/** `/nginx: master/` is a regular expression, anything else a part of the command line. */
export const matcherOf = (pattern: string): ((line: string) => boolean) => {
  const inner = /^\/(.+)\/([iu]*)$/s.exec(pattern);
  if (inner === null) return (line) => line.includes(pattern);
  const expression = new RegExp(inner[1] ?? '', inner[2]);
  return (line) => expression.test(line);
};

export const optionsOf = (server: Server): DaemonOptions => server.options;
