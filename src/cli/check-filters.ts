import type { Ecosystem } from '../config/ecosystem.js';
import { mpmError } from '../model/errors/index.js';
import { defaultNamespace, parseInstanceKey } from '../model/key.js';
import { suggest } from '../model/suggest.js';
import type { Styles } from '../plugin/load.js';
import type { Records } from '../units/records.js';
import type { Options } from './invocation.js';

/**
 * A misspelt filter would pass for "nothing there", and a script would believe it.
 * @throws {MpmError} OPTION_INVALID for a style or namespace that nothing here has
 */
export const checkFilters = (
  options: Options,
  { ecosystem, styles }: { readonly ecosystem: Ecosystem; readonly styles: Styles },
  { records }: Pick<Records, 'records'>,
): void => {
  check('style', options.text('style'), [
    ...styles.keys(),
    ...ecosystem.servers.map(({ style }) => style),
    ...records.map(({ spec }) => spec.style),
  ]);
  check('namespace', options.text('namespace'), [
    defaultNamespace,
    ...ecosystem.servers.map(({ namespace }) => namespace),
    ...records.map(({ spec }) => parseInstanceKey(spec.key).namespace),
  ]);
};

const check = (option: string, value: string | null, names: readonly string[]): void => {
  if (value === null || names.includes(value)) return;
  const known = [...new Set(names)];
  const near = suggest(value, known);
  throw mpmError('OPTION_INVALID', {
    option,
    value,
    why: `no server here has this ${option}${near === null ? '' : `; did you mean "${near}"?`}`,
    known,
  });
};
