import { checkProbes } from './check-probes.js';
import { isGiven, type Given } from './given.js';
import { probeOf } from './probes.js';

/**
 * What a schema cannot say of a server: keys that contradict or need each other. A key that is wrong by itself is there
 * all the same; what cannot be judged without it is not judged.
 */
export const checkServer = (given: Given): void => {
  checkProbes(given);
  checkPorts(given);
  checkEnvironments(given);
  checkProgram(given);
  const { server } = given;
  if (server.forks && server.pidFile.length === 0)
    needs(
      given,
      'forks',
      ['pidFile'],
      'needs `pidFile`: a program that goes to the background is found by it.',
    );
  if (server.listen === true) checkListen(given);
};

/** The first key has no sense without one of the others, and none of them is there. */
const needs = (
  { isLost, at, notes }: Given,
  key: string,
  others: readonly string[],
  message: string,
): void => {
  if (others.some((other) => isLost(other))) return;
  notes.problem(
    [...at, key],
    message,
    null,
    others.map((other) => [...at, other]),
  );
};

const checkProgram = (given: Given): void => {
  const { raw, at, notes } = given;
  if (isGiven(raw, 'script') && isGiven(raw, 'command'))
    notes.problem([...at, 'command'], 'stands beside `script`: give one of the two.');
  for (const key of ['args', 'interpreter', 'interpreterArgs'] as const) {
    if (!isGiven(raw, key)) continue;
    if (key !== 'args' && isGiven(raw, 'command'))
      notes.problem([...at, key], 'goes with `script`, not with `command`.');
    else if (!isGiven(raw, 'script') && !isGiven(raw, 'command'))
      needs(given, key, ['script', 'command'], 'needs a `script` or a `command`.');
  }
};

const checkListen = (given: Given): void => {
  const { server, isLost } = given;
  if (server.port === undefined && server.socket === undefined)
    needs(given, 'listen', ['port', 'socket'], 'needs a `port` or a `socket` to listen on.');
  const { kind } = probeOf(server.ready) ?? { kind: 'none' };
  const isKnown = !['http', 'log', 'exec', 'delay', 'message', 'notify'].some((key) => isLost('ready', key));
  if (isKnown && (kind === 'none' || kind === 'tcp'))
    needs(
      given,
      'listen',
      ['ready'],
      'needs a `ready` probe other than `tcp`: the port is open before the server is.',
    );
};

const checkPorts = ({ server: { port, instances }, at, notes }: Given): void => {
  if (port === undefined || instances === 'max') return;
  if (typeof port !== 'number') {
    if (port.to - port.from + 1 < instances)
      notes.problem([...at, 'port'], `holds ${port.to - port.from + 1} ports for ${instances} instances.`);
  } else if (port + instances - 1 > 65535)
    notes.problem(
      [...at, 'instances'],
      `reaches port ${port + instances - 1} from port ${port}: 65535 is the last.`,
    );
};

/** Also of the blocks that are not chosen now: they will be one day. */
const checkEnvironments = ({ server: { port }, environments, notes }: Given): void => {
  if (port === undefined) return;
  for (const { path, values } of environments) {
    const declared = values['PORT'];
    if (declared !== undefined && declared !== (typeof port === 'number' ? String(port) : null))
      notes.problem(
        [...path, 'PORT'],
        `says ${JSON.stringify(declared)} and \`port\` says ${typeof port === 'number' ? port : 'a range'}: leave it out, PORT is set from \`port\`.`,
      );
  }
};
