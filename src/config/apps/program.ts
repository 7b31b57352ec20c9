import { basename } from 'node:path';
import type { Server } from '../../model/server.js';
import { commandOfScript, type ScriptAnswer } from '../command/script.js';
import { wordsOf } from '../command/words.js';
import type { Place } from '../place.js';
import type { AppOutput } from '../schema/app.js';

export type AppProgram = Pick<Server, 'command' | 'script'> & { readonly runsOn: ScriptAnswer['runsOn'] };

export type Told = (key: string, verdict: 'differs' | 'ignored', how: string) => void;

export const noProgram: AppProgram = { command: null, script: null, runsOn: 'other' };

/** pm2 looks for the script in the working folder. */
export const programOfApp = (
  app: AppOutput,
  cwd: string,
  place: Place,
  told: Told,
  problem: (key: string, message: string) => void,
): AppProgram => {
  if (app.script === undefined) return noProgram;
  const args = wordsOf(app.args);
  const answer = commandOfScript(
    {
      script: app.script,
      args,
      interpreter: app.interpreter ?? null,
      interpreterArgs: wordsOf(app.node_args),
      folders: [cwd],
      sourceMaps: app.source_map_support === true,
    },
    place.machine,
  );
  if (answer.problem !== null) problem('script', `${answer.problem}.`);
  if (answer.differs !== null) told('interpreter', 'differs', answer.differs);
  if (answer.runsOn === 'shell') {
    if (args.length > 0) told('args', 'differs', 'they are put behind the command line; pm2 drops them');
    for (const key of ['interpreter', 'node_args'] as const)
      if (app[key] !== undefined) told(key, 'ignored', 'the script is a command line, which runs by itself');
  }
  if (app.script === 'serve' && answer.runsOn !== 'shell')
    told(
      'script',
      'differs',
      'the file server of pm2 is not built in: install one, such as the package `serve`',
    );
  return { command: answer.command, script: answer.script, runsOn: answer.runsOn };
};

/** The name that pm2 gives: the script without folder and ending. */
export const nameOfApp = (app: AppOutput, envName: string | null): string | null => {
  const name = app.name ?? (app.script === undefined ? undefined : withoutEnding(basename(app.script)));
  if (name === undefined) return null;
  const prefixed = app.name_prefix === undefined ? name : `${app.name_prefix}:${name}`;
  return app.append_env_to_name === true && envName !== null ? `${prefixed}-${envName}` : prefixed;
};

const withoutEnding = (file: string): string => {
  const dot = file.lastIndexOf('.');
  return dot > 0 ? file.slice(0, dot) : file;
};
