import type { Ecosystem } from '../config/ecosystem.js';
import type { Invocation } from './invocation.js';
import { warningLines } from './render/warnings.js';

/** What the file says and is not honoured (yet, or in the same way): each once, by name, where people look. */
export const tellWarnings = ({ io, options, err }: Invocation, { warnings }: Ecosystem): void => {
  if (options.flag('json') || warnings.length === 0) return;
  for (const line of warningLines(warnings, err)) io.stderr.write(`${line}\n`);
};
