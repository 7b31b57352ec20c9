import type { Io, Out } from './io.js';
import type { Terminal } from './render/terminal.js';

/** What a stream can show: https://no-color.org, FORCE_COLOR, TERM=dumb, and the locale for symbols. */
export const terminalOf = (stream: Out, { env }: Pick<Io, 'env'>, colour: boolean | undefined): Terminal => {
  const tty = stream.isTTY === true;
  const wanted =
    colour ??
    (isSet(env['NO_COLOR']) ? false : isSet(env['FORCE_COLOR']) ? true : tty && env['TERM'] !== 'dumb');
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? '';
  const columns = Number(env['COLUMNS']);
  return {
    tty,
    colour: wanted,
    unicode: locale === '' || /utf-?8/i.test(locale),
    width: stream.columns ?? (Number.isInteger(columns) && columns > 0 ? columns : 80),
  };
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';
