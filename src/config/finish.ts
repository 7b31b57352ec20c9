import { MpmError, mpmError } from '../model/errors/index.js';
import { type ConfigProblem, placeText } from '../model/errors/config.js';
import { displayServer } from '../model/key.js';
import type { Server } from '../model/server.js';
import type { StandardSchema } from '../plugin/contract.js';
import type { Ecosystem, EcosystemDraft, KeyReport, Origin } from './ecosystem.js';
import { pathText } from './load/document.js';
import { suggest } from '../model/suggest.js';
import { checkOptions, type OptionMistake } from './style-options.js';

/** What a file may say of a server depends on its style: of how many instances, and with which keys. */
export type StyleRules = {
  readonly instances: 'many' | 'one' | 'own';
  readonly serverOptions?: StandardSchema;
};

/** A plugin that the file names and that cannot be used. */
export type StyleFailure = {
  readonly error: MpmError;
  /** Where the file names it; null: nowhere, it is built in. */
  readonly place: { readonly path: string; readonly line: number | null } | null;
  /** Its style; null where not even that is known. */
  readonly name: string | null;
  /** Of a plugin that says all of this and fails for another reason. */
  readonly rules: StyleRules | null;
};

/**
 * Checks what belongs to the styles, and throws everything that is wrong with the file and its plugins at once.
 * @throws MpmError CONFIG_INVALID; where nothing but plugins is wrong, their own error
 */
export const finishEcosystem = async (
  draft: EcosystemDraft,
  rules: ReadonlyMap<string, StyleRules>,
  failures: readonly StyleFailure[] = [],
): Promise<Ecosystem> => {
  const { problems, origins, broken, hidesPlugins, ...ecosystem } = draft;
  const { file } = draft;
  if (file === null) return ecosystem;
  const judge = judgeOf(rules, failures, hidesPlugins);
  const [checked, alsoWrong] = await Promise.all([
    Promise.all(draft.servers.map((server) => checkServer(server, judge, file, origins.get(server.key)))),
    Promise.all(broken.map((server) => checkServer(server, judge, file, server.origin))),
  ]);
  const more = [...checked, ...alsoWrong];
  const meant = new Set(more.flatMap((each) => each.meant));
  const own = problems.filter(({ misses }) => !misses.some((missed) => meant.has(missed)));
  const told = new Set(own.map(({ path }) => path));
  const all = [
    ...own.map(({ misses: _misses, ...problem }) => problem),
    ...more.flatMap((each) => each.problems).filter(({ path }) => !told.has(path)),
  ];
  refuse(all, failures, file);
  return {
    ...ecosystem,
    servers: checked.map(({ server }) => server),
    keys: [...draft.keys, ...draft.servers.flatMap(styleKeys)],
  };
};

/** @throws MpmError where there is anything to tell */
const refuse = (
  problems: readonly ConfigProblem[],
  failures: readonly StyleFailure[],
  file: string,
): void => {
  if (problems.length === 0) {
    if (failures.length > 0) throw asOne(failures, file);
    return;
  }
  const ofPlugins = failures.map(({ error, place }) => ({
    file,
    path: place?.path ?? 'plugins',
    line: place?.line ?? null,
    message: error.message.trimEnd(),
    suggestion: null,
  }));
  throw mpmError('CONFIG_INVALID', {
    problems: inOrder([...problems, ...ofPlugins]),
    hints: [...new Set(failures.map(({ error }) => error.hint))],
  });
};

/** Every plugin that cannot be used is told at once, with its place; one alone keeps its own code. */
const asOne = (failures: readonly StyleFailure[], file: string): MpmError => {
  const placed = failures.map(({ error, place }) => {
    const text = place === null ? '' : `${placeText({ file, ...place })} `;
    const { code, hint, exit, facts } = error;
    return { code, message: `${text}${error.message.trimEnd()}`, hint, exit, facts, error };
  });
  const [first, ...others] = placed;
  if (first === undefined || others.length > 0)
    return mpmError('PLUGINS_FAILED', {
      errors: placed.map(({ code, message, hint }) => ({ code, message, hint })),
    });
  const { code, message, hint, facts } = first;
  return new MpmError(code.replace(/^MPM_/, ''), { message, hint, exit: 2 }, facts, first.error);
};

type Checked<S> = {
  readonly server: S;
  readonly problems: readonly ConfigProblem[];
  /** The keys that misspelt ones stand for: what misses them is no mistake of its own. */
  readonly meant: readonly string[];
};

type Judged = Pick<Server, 'style' | 'instances' | 'options'>;

const checkServer = async <S extends Judged>(
  server: S,
  judge: Judge,
  file: string,
  origin: Origin | undefined,
): Promise<Checked<S>> => {
  const { mistakes, options } = await judge(server);
  const lineOf = mistakes.length === 0 ? undefined : await origin?.lines();
  const at = origin?.path ?? [];
  const problems = mistakes.map(({ path, message, suggestion }) => {
    const whole = [...at, ...path];
    return { file, path: pathText(whole), line: lineOf?.(whole) ?? null, message, suggestion };
  });
  const meant = mistakes.flatMap(({ path, suggestion }) =>
    suggestion === null ? [] : [pathText([...at, ...path.slice(0, -1), suggestion])],
  );
  return { server: { ...server, options }, problems, meant };
};

type Verdict = { readonly options: Server['options']; readonly mistakes: readonly OptionMistake[] };

type Judge = (server: Judged) => Promise<Verdict>;

/** A style that may be one of a plugin that cannot be used is not judged: its keys are nobody's mistake. */
const judgeOf =
  (rules: ReadonlyMap<string, StyleRules>, failures: readonly StyleFailure[], hidesPlugins: boolean): Judge =>
  (server) => {
    const failed = failures.find(({ name }) => name === server.style);
    const known = failed === undefined ? (rules.get(server.style) ?? null) : failed.rules;
    if (known !== null) return againstStyle(server, known);
    if (failed !== undefined || hidesPlugins || failures.some(({ name }) => name === null))
      return Promise.resolve({ options: server.options, mistakes: [] });
    const names = [...rules.keys()];
    const message = `${JSON.stringify(server.style)} is no style; there are ${names.join(', ')}.`;
    const mistake = { path: ['style'], message, suggestion: suggest(server.style, names) };
    return Promise.resolve({ options: server.options, mistakes: [mistake] });
  };

const againstStyle = async (server: Judged, style: StyleRules): Promise<Verdict> => {
  const tooMany: OptionMistake = {
    path: ['instances'],
    message: `is ${server.instances}, and ${server.style} runs one instance of a server.`,
    suggestion: null,
  };
  const mistakes = style.instances === 'one' && server.instances > 1 ? [tooMany] : [];
  const checked = await checkOptions(server.style, server.options, style.serverOptions);
  return { options: checked.options, mistakes: [...mistakes, ...checked.mistakes] };
};

/** From the top of the file to its end; what has no line stays in front, where it is. */
const inOrder = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));

const styleKeys = (server: Server): readonly KeyReport[] =>
  Object.keys(server.options).map((key) => ({
    server: displayServer(server.key),
    key,
    verdict: 'honoured' as const,
    how: `by ${server.style}`,
  }));
