import { shellWord } from '../model/shell-word.js';
import type { Host } from '../host/host.js';
import { type LogFiles, sizeOf, tailOf } from './log-files.js';
import { holderWords } from './port-holder.js';

/** Why a server ended, as far as what it wrote tells. */
export type Cause = {
  readonly cause: string | null;
  /** What to do: a command that works as printed. */
  readonly remedy: string | null;
  /** The last lines it wrote, safe to show. */
  readonly stderr: readonly string[];
};

export type CauseFacts = {
  readonly logs: LogFiles;
  readonly offset: { readonly out: number; readonly err: number };
  readonly cwd: string;
  readonly port: number | null;
  readonly code: number | null;
  readonly program: string;
};

const shown = 10;
const searched = 400;

export const findCause = (host: Host, facts: CauseFacts): Cause => {
  const { logs, offset } = facts;
  const useErr = logs.err !== null && sizeOf(host, logs.err) > offset.err;
  const lines = useErr
    ? tailOf(host, logs.err, offset.err, searched)
    : tailOf(host, logs.out, offset.out, searched);
  const known = recognise(host, facts, lines.join('\n'));
  return { cause: null, remedy: null, ...known, stderr: lines.slice(-shown) };
};

type Known = Pick<Cause, 'cause' | 'remedy'>;

const recognise = (host: Host, facts: CauseFacts, text: string): Known | null => {
  for (const rule of rules) {
    const known = rule(host, facts, text);
    if (known !== null) return known;
  }
  return null;
};

type Rule = (host: Host, facts: CauseFacts, text: string) => Known | null;

const portTaken: Rule = (host, facts, text) => {
  if (!/EADDRINUSE|address already in use|Address in use/i.test(text)) return null;
  const told = /EADDRINUSE[^\n]*:(\d{1,5})\b/.exec(text)?.[1];
  const port = told === undefined ? facts.port : Number(told);
  if (port === null) return { cause: 'the port it wants is taken (EADDRINUSE)', remedy: null };
  return {
    cause: `port ${port} is taken (EADDRINUSE), ${holderWords(host, port)}`,
    remedy: `See what holds it: mpm-io diagnose --port ${port}`,
  };
};

const portDenied: Rule = (_host, _facts, text) => {
  const port = /EACCES[^\n]*listen[^\n]*:(\d{1,5})\b|listen EACCES[^\n]*:(\d{1,5})\b/.exec(text);
  const number = port?.[1] ?? port?.[2];
  if (number === undefined) return null;
  return {
    cause: `it may not listen on port ${number}`,
    remedy: 'Declare a port above 1023, or run as root.',
  };
};

const nodeModule: Rule = (_host, facts, text) => {
  const name = /Cannot find (?:module|package) '([^']+)'/.exec(text)?.[1];
  if (name === undefined) return null;
  if (/^(?:\.{0,2}\/|file:)/.test(name)) return { cause: `${name} does not exist`, remedy: null };
  const parts = name.split('/');
  const pack = name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? name);
  return {
    cause: `the module ${pack} is not installed`,
    remedy: `Install it: cd ${shellWord(facts.cwd)} && npm install ${shellWord(pack)}`,
  };
};

const pythonModule: Rule = (_host, facts, text) => {
  const name = /ModuleNotFoundError: No module named '([^']+)'/.exec(text)?.[1]?.split('.')[0];
  if (name === undefined) return null;
  const python = /(?:^|\/)python[\d.]*$/.test(facts.program) ? facts.program : 'python3';
  return {
    cause: `the Python module ${name} is not installed`,
    remedy: `Install it: cd ${shellWord(facts.cwd)} && ${shellWord(python)} -m pip install ${shellWord(name)}`,
  };
};

/** The kernel says that the program is missing when it is the interpreter of its first line. */
const interpreterMissing: Rule = (host, { code, program }) => {
  if (code !== 126 && code !== 127) return null;
  const first = /^#![ \t]*([^\s]+)[^\n]*/.exec(host.files.readRange(program, 0, 256)?.text ?? '');
  const [line = '', interpreter = ''] = first ?? [];
  if (line.endsWith('\r'))
    return {
      cause: `the first line of ${program} ends as on Windows (CR LF), so its interpreter is not found`,
      remedy: `Correct its line ends: sed -i 's/\\r$//' ${shellWord(program)}`,
    };
  if (interpreter === '' || host.files.executable(interpreter) === 'yes') return null;
  return {
    cause: `its first line names ${interpreter}, which is not there or may not be executed`,
    remedy: `Install ${interpreter}, or correct the first line of ${program}.`,
  };
};

const programMissing: Rule = (_host, facts, text) => {
  if (facts.code !== 127) return null;
  const env = /env: [‘'"]?([^’'":\n]+)[’'"]?: No such file/.exec(text)?.[1];
  const shell = /(?:^|\n)[^\n]*?([^\s:]+): (?:command )?not found/.exec(text)?.[1];
  const name = env ?? shell;
  return name === undefined
    ? { cause: 'a program was not found', remedy: null }
    : { cause: `the program ${name} is not installed, or not in its PATH`, remedy: `Install ${name}.` };
};

const notExecutable: Rule = (_host, facts, text) =>
  facts.code === 126 && /permission denied|exec format/i.test(text)
    ? { cause: 'its program cannot be executed', remedy: null }
    : null;

const endedWell: Rule = (_host, { code }) =>
  code === 0
    ? {
        cause: null,
        remedy:
          'If it is meant to end, give it "type": "task"; if it goes to the background, its "pidFile" and "forks": true.',
      }
    : null;

const rules: readonly Rule[] = [
  portTaken,
  portDenied,
  nodeModule,
  pythonModule,
  interpreterMissing,
  programMissing,
  notExecutable,
  endedWell,
];
