import type { Server } from 'node:http';
import { answer } from './endpoints.js';
import { joinEnding, endProcess } from './ending.js';
import { intercept } from './intercept.js';
import { observe } from './observe.js';
import { routesOf, settingsOf } from './settings.js';
import { shutDown } from './shutdown.js';
import { offerShutdown } from './token-endpoints.js';
import { targetOf, whenAttached } from './target.js';
import { checkClient } from './compatibility.js';
import type { Asked } from './endpoints.js';
import type { Manageable, Managed, ManageOptions, ShutdownCause, ShutdownReport } from './contract.js';
import type { Traffic } from './intercept.js';

const managedServers = new WeakSet<object>();

/**
 * Makes a server http-managed: it answers for itself on its own port (health, readiness, figures, version) and ends gracefully, on a signal or
 * when its owner asks over HTTP. One line, before or after `listen`.
 * @throws {TypeError} when it is no server, is managed already, or an option is wrong.
 */
export const manage = (server: Manageable, options: ManageOptions = {}): Managed => {
  const settings = settingsOf(options, process.env);
  const target = targetOf(server);
  const objects = [server, ...(target.server === null ? [] : [target.server])];
  if (objects.some((object) => managedServers.has(object)))
    throw new TypeError('This server is managed already.');
  for (const object of objects) managedServers.add(object);

  const state = { draining: false, called: !settings.manual, notReady: null as string | null };
  const open: { server: Server | null; traffic: Traffic | null } = { server: target.server, traffic: null };
  const observed = observe(settings, target, open, state);
  const undo: (() => void)[] = [() => observed.release()];

  const shutdown = (cause: ShutdownCause): Promise<ShutdownReport> => {
    void endProcess(cause);
    return closed;
  };
  const asked: Asked = {
    routes: routesOf(settings.paths),
    health: () => observed.health(),
    stats: () => observed.stats(),
    readiness: () => observed.readiness(),
    version: () => ({
      name: settings.name,
      server_id: settings.id,
      version: settings.version,
      node_version: process.version,
      min_client: settings.minClient,
      max_client: settings.maxClient,
    }),
    compatible: (clientVersion) => checkClient(settings, clientVersion),
    tokenMatches: null,
    shutdown: () => void shutdown({ kind: 'http', signal: null }),
  };

  const unhook = whenAttached(target, (attached) => {
    open.server = attached;
    open.traffic = intercept(attached, (request, response) => answer(asked, request, response));
    observed.attached();
    const { traffic } = open;
    const offer = offerShutdown(settings, attached, (offered) => {
      observed.offered(offered);
      asked.tokenMatches = offered.kind === 'written' ? (given) => offered.matches(given) : null;
    });
    undo.push(() => traffic.release(), offer);
  });

  const release = (): void => {
    for (const object of objects) managedServers.delete(object);
    leave();
    unhook();
    for (const step of undo.splice(0)) step();
    settle({ cause: { kind: 'call', signal: null }, cut: 0, failures: [] });
  };
  let settle: (report: ShutdownReport) => void;
  const closed = new Promise<ShutdownReport>((resolve) => {
    settle = resolve;
  });
  const leave = joinEnding({
    signals: settings.signals,
    exit: settings.exit,
    end: async (cause) => {
      state.draining = true;
      const report = await shutDown(settings, { ...target, ...open }, cause);
      settle(report);
      release();
      return report.failures.length === 0;
    },
    force: () => {
      for (const socket of open.traffic?.sockets ?? []) socket.destroy();
    },
  });

  return {
    name: settings.name,
    id: settings.id,
    get status() {
      return observed.health().status;
    },
    closed,
    ready: () => {
      state.called = true;
      state.notReady = null;
    },
    notReady: (reason) => {
      state.notReady = reason;
    },
    health: asked.health,
    stats: asked.stats,
    compatible: asked.compatible,
    shutdown: () => shutdown({ kind: 'call', signal: null }),
    release,
  };
};
