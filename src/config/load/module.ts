import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigArguments } from '../define.js';
import { runBounded, timedOut, waitBounded } from '../../host/bounded.js';
import { broken, neverTwice, noLines, type Loaded } from './document.js';
import { hung } from './hung.js';
import { firstLineOf } from './plain.js';

/**
 * Runs an ecosystem file written in JavaScript or TypeScript as a module of its own folder. It has `timeout` ms for
 * everything, endless loops included. What it prints goes to stderr: stdout belongs to the command's own data.
 */
export const loadModule = async (file: string, given: ConfigArguments, timeout: number): Promise<Loaded> => {
  const until = Date.now() + timeout;
  const restoreOutput = printToStderr();
  try {
    const evaluated = await evaluate(file, until);
    if (evaluated === timedOut) return broken(file, hung(timeout));
    const config = configOf(evaluated.exported);
    if (typeof config !== 'function') return await documentOf(config, file, timeout, until);
    const answer = runBounded(
      () => (config as (given: ConfigArguments) => unknown)(given),
      until - Date.now(),
    );
    return answer === timedOut ? broken(file, hung(timeout)) : await documentOf(answer, file, timeout, until);
  } catch (error) {
    return broken(file, whatWasThrown(file, error), lineInStack(file, error));
  } finally {
    restoreOutput();
  }
};

/** Of a value, or of the promise of one. */
const documentOf = async (given: unknown, file: string, timeout: number, until: number): Promise<Loaded> => {
  const value = await waitBounded(Promise.resolve(given), until - Date.now());
  return value === timedOut
    ? broken(file, hung(timeout))
    : { kind: 'document', document: { value, lines: noLines, twice: neverTwice } };
};

/** How many loads run now, and what ends the redirection when the last of them is done. */
const redirection = { loads: 0, end: (): void => undefined };

const printToStderr = (): (() => void) => {
  redirection.loads += 1;
  if (redirection.loads === 1) redirection.end = redirectStdout();
  return () => {
    redirection.loads -= 1;
    if (redirection.loads === 0) redirection.end();
  };
};

const redirectStdout = (): (() => void) => {
  const { stdout, stderr } = process;
  const own = Object.getOwnPropertyDescriptor(stdout, 'write');
  stdout.write = stderr.write.bind(stderr);
  return () => {
    if (own === undefined) delete (stdout as { write?: unknown }).write;
    else Object.defineProperty(stdout, 'write', own);
  };
};

/** In a box: what a file exports may be a promise, or look like one, and is waited for elsewhere, with a limit. */
type Evaluated = { readonly exported: unknown } | typeof timedOut;

const boxed = (exported: unknown): Evaluated => (exported === timedOut ? timedOut : { exported });

const evaluate = async (file: string, until: number): Promise<Evaluated> => {
  if (/\.[mc]?tsx?$/.test(file)) return evaluateTypeScript(file, until);
  try {
    return boxed(runBounded(() => createRequire(file)(file) as unknown, until - Date.now()));
  } catch (error) {
    if (!needsImport(error)) throw error;
    return boxed(await waitBounded(import(pathToFileURL(file).href) as Promise<unknown>, until - Date.now()));
  }
};

/** A top-level await; or a Node that cannot `require` an ES module. */
const needsImport = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_REQUIRE_ASYNC_MODULE' || error.code === 'ERR_REQUIRE_ESM');

const evaluateTypeScript = async (file: string, until: number): Promise<Evaluated> => {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(file, { fsCache: false, moduleCache: false, interopDefault: false });
  try {
    return boxed(runBounded(() => jiti(file) as unknown, until - Date.now()));
  } catch (error) {
    if (!(error instanceof SyntaxError && /await/.test(error.message))) throw error;
    return boxed(await waitBounded(jiti.import(file), until - Date.now()));
  }
};

/** `module.exports`, `export default`, or the named exports themselves. */
const configOf = (exported: unknown): unknown => {
  if (isRecord(exported) && typeof exported['then'] === 'function') return exported; // a promise of it
  if (typeof exported !== 'object' || exported === null || !('default' in exported))
    return unwrapNames(exported);
  const inner = exported.default;
  return isRecord(inner) && '__esModule' in inner ? (inner['default'] ?? inner) : inner;
};

const unwrapNames = (exported: unknown): unknown =>
  isRecord(exported)
    ? Object.fromEntries(Object.entries(exported).filter(([key]) => key !== '__esModule'))
    : exported;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const whatWasThrown = (file: string, error: unknown): string => {
  const message = firstLineOf(error);
  if (error instanceof SyntaxError || message.startsWith('ParseError: '))
    return `It does not parse: ${message}`;
  if (/^(module|exports|require) is not defined in ES module/.test(message))
    return `It is written as CommonJS, and ${dirname(file)} holds ES modules: rename it to end in .cjs.`;
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined)
    return `It imports ${missing}, which is not there${/^[./]/.test(missing) ? '' : `: npm install ${missing}`}.`;
  return `It throws while it is loaded: ${message}`;
};

/** The first place in the stack that lies in the file itself. */
const lineInStack = (file: string, error: unknown): number | null => {
  if (!(error instanceof Error)) return null;
  const stack = error.stack ?? '';
  for (const name of [file, pathToFileURL(file).href]) {
    const at = stack.indexOf(`${name}:`);
    const line = at === -1 ? NaN : Number.parseInt(stack.slice(at + name.length + 1), 10);
    if (Number.isInteger(line)) return line;
  }
  return null;
};
