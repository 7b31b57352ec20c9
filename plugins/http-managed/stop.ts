import { resolve } from 'node:path';
import {
  fillText,
  formatAddress,
  reachableHost,
  type Context,
  type Host,
  type Identity,
  type Instance,
  type Sighting,
  type StopOutcome,
  type StopStep,
} from 'mpm-io/plugin';
import { endedAlready, notRunning, refused } from '../seen/outcomes.js';
import { fillOf } from '../seen/unit-owner.js';
import { optionsOf } from './options.js';
import { readToken, sdkShutdown } from './token.js';
import { politeWait, shutdownSteps } from './unit.js';

/** Through the units where it is recorded; else from outside: the shutdown it offers, then its signals. */
export const stop = async (
  instance: Instance,
  { main, endpoints, claims }: Sighting,
  context: Context,
  host: Host,
): Promise<StopOutcome> => {
  const { look, units } = context;
  if (isRecorded(instance, main, context)) {
    const first = offeredByRecorded(instance, main, look.home, host);
    return units.stop(instance.key, first === null ? context.stop : { ...context.stop, first: [first] });
  }
  if (main === null)
    return endpoints.length === 0
      ? notRunning()
      : refused(`Which process it is cannot be seen by this user, so nothing was signalled.`);
  const ended = endedAlready(host, main);
  if (ended !== null) return ended;
  const port = endpoints.find((endpoint) => endpoint.kind === 'tcp')?.port ?? instance.port;
  const { server } = instance;
  const first = politeSteps(instance, port, main, claims?.dialect, look.home, host);
  return context.halt({
    main,
    endpoints,
    stop: { ...server.stop, steps: [...first, ...server.stop.steps] },
    fill: fillOf(instance, port),
  });
};

/** The record is of this very process, or the process that was seen is not known at all. */
const isRecorded = ({ key }: Instance, main: Identity | null, { look }: Context): boolean => {
  const view = look.units.get(key);
  if (view === undefined) return false;
  if (view.main === null) return main === null;
  return main === null || (view.main.pid === main.pid && view.main.start === main.start);
};

/** Its record holds a declared shutdown; one of the SDK is known by the token of this very process. */
const offeredByRecorded = (
  { server, port }: Instance,
  main: Identity | null,
  home: string,
  host: Host,
): StopStep | null => {
  if (main === null || optionsOf(server).shutdown !== undefined) return null;
  const offered = sdkShutdown(home, host, main, port);
  return offered === null ? null : { kind: 'http', method: 'POST', ...offered, wait: politeWait(server) };
};

const politeSteps = (
  instance: Instance,
  port: number | null,
  main: Identity,
  dialect: string | undefined,
  home: string,
  host: Host,
): readonly StopStep[] => {
  const { server } = instance;
  const { shutdown } = optionsOf(server);
  const wait = politeWait(server);
  if (shutdown?.tokenFile !== undefined) {
    const fill = { ...fillOf(instance, port), pid: String(main.pid) };
    const token = readToken(resolve(server.folder, fillText(shutdown.tokenFile, fill)), host);
    if (token === null || port === null) return [];
    return [
      {
        kind: 'http',
        method: shutdown.method ?? 'POST',
        url: urlOf(server.host, port, shutdown.path),
        token,
        wait,
      },
    ];
  }
  if (shutdown !== undefined)
    return shutdownSteps(server).map((step) =>
      step.kind === 'http' && port !== null ? { ...step, url: urlOf(server.host, port, step.url) } : step,
    );
  const offered = dialect === 'mpm-io' ? sdkShutdown(home, host, main, port) : null;
  return offered === null ? [] : [{ kind: 'http', method: 'POST', ...offered, wait }];
};

const urlOf = (host: string | null, port: number, path: string): string =>
  path.startsWith('/') ? `http://${formatAddress(reachableHost(host), port)}${path}` : path;
