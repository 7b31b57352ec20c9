import { mpmError } from '../model/errors/index.js';
import type { PickRequest } from '../engine/pick.js';
import type { Invocation } from './invocation.js';

/** What was named on this command line. With a verb, nothing named is an error: what changes servers wants to be told which. */
export const targetRequest = ({ options, positionals }: Invocation, verb: string | null): PickRequest => {
  const request: PickRequest = {
    words: positionals,
    namespace: options.text('namespace'),
    style: options.text('style'),
    only: options.list('only'),
    port: portOf('port', options.number('port')),
    pid: options.number('pid'),
    everywhere: options.flag('everywhere'),
  };
  const named =
    positionals.length > 0 ||
    request.only.length > 0 ||
    [request.namespace, request.style, request.port, request.pid].some((value) => value !== null);
  if (!named && verb !== null) throw mpmError('TARGET_MISSING', { verb });
  if (request.pid !== null && !(Number.isInteger(request.pid) && request.pid > 1))
    throw mpmError('OPTION_INVALID', {
      option: 'pid',
      value: String(request.pid),
      why: 'not the PID of a server',
    });
  return request;
};

const portOf = (option: string, value: number | null): number | null => {
  if (value === null || (Number.isInteger(value) && value >= 1 && value <= 65_535)) return value;
  throw mpmError('OPTION_INVALID', {
    option,
    value: String(value),
    why: 'a port is a number from 1 to 65535',
  });
};
