import { type Context, type Host, type Instance, type Sighting, type StartOutcome } from 'mpm-io/plugin';
import { failed, nothingToStart } from '../seen/outcomes.js';
import { detect } from './detect.js';
import { httpUnit } from './unit.js';

/** Starts it as a unit, unless it is proved to run already: then it is left as it is, whoever started it. */
export const start = async (instance: Instance, context: Context, host: Host): Promise<StartOutcome> => {
  const { server, index, key } = instance;
  const { look, units } = context;
  const recorded = look.units.get(key)?.main ?? null;
  if (recorded === null) {
    const seen = (await detect([instance], look, host)).get(key);
    const running = seen?.seen === 'running' ? seen.sightings.find(({ proven }) => proven) : undefined;
    if (running !== undefined) return keep(server.name, running);
  }
  if (server.command === null) return nothingToStart(server.name);
  return units.start(httpUnit(server, index), context.start);
};

/** Whoever started it: it is left as it is. */
const keep = (name: string, { main, endpoints, evidence }: Sighting): StartOutcome =>
  main === null
    ? failed(
        'MPM_NOT_VISIBLE',
        `${name} runs already, as a process that this user cannot see: ${evidence[0]?.text ?? ''}`,
        'Stop it as the user who runs it, or declare another port.',
      )
    : { kind: 'running', main, port: portOf(endpoints), olderSpec: false };

const portOf = (endpoints: readonly { readonly kind: string; readonly port?: number }[]): number | null =>
  endpoints.find(({ kind }) => kind === 'tcp')?.port ?? null;
