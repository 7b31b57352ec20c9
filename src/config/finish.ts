import { mpmError } from '../model/errors/index.js';
import type { ConfigProblem } from '../model/errors/config.js';
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

/**
 * Checks what belongs to the styles, and throws everything that is wrong with the file at once.
 * @throws MpmError CONFIG_INVALID
 */
export const finishEcosystem = async (
  draft: EcosystemDraft,
  styles: ReadonlyMap<string, StyleRules>,
): Promise<Ecosystem> => {
  const { problems, origins, broken, ...ecosystem } = draft;
  if (draft.file === null) return ecosystem;
  const { file } = draft;
  const [checked, alsoWrong] = await Promise.all([
    Promise.all(draft.servers.map((server) => checkServer(server, styles, file, origins.get(server.key)))),
    Promise.all(broken.map((server) => checkServer(server, styles, file, server.origin))),
  ]);
  const told = new Set(problems.map(({ path }) => path));
  const more = [...checked, ...alsoWrong].flatMap((each) => each.problems);
  const all = [...problems, ...more.filter(({ path }) => !told.has(path))];
  if (all.length > 0) throw mpmError('CONFIG_INVALID', { problems: inOrder(all) });
  return {
    ...ecosystem,
    servers: checked.map(({ server }) => server),
    keys: [...draft.keys, ...draft.servers.flatMap(styleKeys)],
  };
};

type Checked<S> = { readonly server: S; readonly problems: readonly ConfigProblem[] };

type Judged = Pick<Server, 'style' | 'instances' | 'options'>;

const checkServer = async <S extends Judged>(
  server: S,
  styles: ReadonlyMap<string, StyleRules>,
  file: string,
  origin: Origin | undefined,
): Promise<Checked<S>> => {
  const { mistakes, options } = await againstStyle(server, styles);
  const lineOf = mistakes.length === 0 ? undefined : await origin?.lines();
  const problems = mistakes.map(({ path, message, suggestion }) => {
    const whole = [...(origin?.path ?? []), ...path];
    return { file, path: pathText(whole), line: lineOf?.(whole) ?? null, message, suggestion };
  });
  return { server: { ...server, options }, problems };
};

const againstStyle = async (
  server: Judged,
  styles: ReadonlyMap<string, StyleRules>,
): Promise<{ readonly options: Server['options']; readonly mistakes: readonly OptionMistake[] }> => {
  const style = styles.get(server.style);
  const { options } = server;
  if (style === undefined) {
    const known = [...styles.keys()];
    const message = `${JSON.stringify(server.style)} is no style; there are ${known.join(', ')}.`;
    return { options, mistakes: [{ path: ['style'], message, suggestion: suggest(server.style, known) }] };
  }
  const tooMany: OptionMistake = {
    path: ['instances'],
    message: `is ${server.instances}, and ${server.style} runs one instance of a server.`,
    suggestion: null,
  };
  const mistakes = style.instances === 'one' && server.instances > 1 ? [tooMany] : [];
  const checked = await checkOptions(server.style, options, style.serverOptions);
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
