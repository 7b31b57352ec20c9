import type { Server } from 'node:http';
import { runChecks } from './checks.js';
import { countSocketIo } from './socket-io-counts.js';
import { watchLoop } from './stall.js';
import type { Health, Status } from './contract.js';
import type { Settings } from './settings.js';
import type { SocketIoCounts } from './socket-io-counts.js';
import type { Target } from './target.js';
import type { Token } from './token.js';
import type { Traffic } from './intercept.js';

type Phase = { readonly draining: boolean; readonly called: boolean; readonly notReady: string | null };

export type Observed = {
  health(): Health;
  stats(): object;
  readiness(): { readonly ready: boolean; readonly reason: string | null };
  /** The http server is there now. */
  attached(): void;
  offered(token: Token): void;
  release(): void;
};

const loopWindow = 10_000;

/** Puts together what a managed server says of itself. */
export const observe = (
  settings: Settings,
  target: Target,
  open: { readonly server: Server | null; readonly traffic: Traffic | null },
  phase: Phase,
): Observed => {
  const bornAt = Date.now();
  const born = performance.now();
  const loop = watchLoop(loopWindow);
  const checks = runChecks(settings.checks, settings.checkPolicy);
  let sockets: SocketIoCounts | null = null;
  let token: Token = { kind: 'refused', reason: 'not listening' };

  const readiness = (): { ready: boolean; reason: string | null } => {
    const reason = phase.draining
      ? 'draining'
      : open.server?.listening !== true
        ? 'not listening'
        : !phase.called
          ? 'starting'
          : phase.notReady;
    return { ready: reason === null, reason };
  };

  const judge = (): { status: Status; reasons: readonly string[]; checks: Health['checks'] } => {
    const states = checks.states();
    const failing = Object.entries(states).filter(([, state]) => state.ok === false);
    const reasons = failing.map(([name, state]) => `${name}: ${state.error}`);
    const stall = loop.stall();
    if (stall > settings.stallLimit) reasons.push(`event loop stalled for ${Math.round(stall)} ms`);
    const { ready, reason } = readiness();
    if (!ready && reason !== null) reasons.unshift(reason);
    const status = phase.draining
      ? 'draining'
      : failing.some(([, state]) => state.circuit === 'open')
        ? 'unhealthy'
        : !ready && phase.notReady === null
          ? 'starting'
          : reasons.length > 0
            ? 'degraded'
            : 'healthy';
    return { status, reasons, checks: states };
  };

  const address = (): { port: number | null; host: string | null } => {
    const bound = open.server?.address() ?? null;
    if (bound === null || typeof bound === 'string') return { port: null, host: bound };
    return { port: bound.port, host: bound.address };
  };
  const clients = (): number =>
    target.io === null ? (open.traffic?.sockets.size ?? 0) : (sockets?.clients ?? 0);
  const uptime = (): number => Math.round(performance.now() - born) / 1000;

  return {
    readiness,
    health: () => {
      const { status, reasons, checks: states } = judge();
      return {
        status,
        manager: 'mpm-io',
        name: settings.name,
        server_id: settings.id,
        pid: process.pid,
        version: settings.version,
        uptime_seconds: uptime(),
        start_time: new Date(bornAt).toISOString(),
        timestamp: new Date().toISOString(),
        ...address(),
        clients_connected: clients(),
        shutdown: token.kind === 'written' ? settings.paths.shutdown : null,
        reasons,
        checks: states,
      };
    },
    stats: () => {
      const { status, reasons, checks: states } = judge();
      const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
      return {
        server: {
          name: settings.name,
          id: settings.id,
          version: settings.version,
          pid: process.pid,
          status,
          reasons,
          uptime_seconds: uptime(),
        },
        connections: {
          current: clients(),
          total: target.io === null ? (open.traffic?.connections ?? 0) : (sockets?.served ?? 0),
        },
        requests: { total: open.traffic?.requests ?? 0 },
        events: sockets?.events ?? 0,
        namespaces: sockets?.namespaces() ?? [],
        rooms: (sockets?.namespaces() ?? []).reduce((sum, namespace) => sum + namespace.rooms, 0),
        errors: (open.traffic?.failed ?? 0) + (sockets?.errors ?? 0),
        memory: { rss, heap_used: heapUsed, heap_total: heapTotal, external },
        event_loop: loop.delay(),
        checks: states,
        shutdown: {
          offered: token.kind === 'written',
          path: token.kind === 'written' ? settings.paths.shutdown : null,
          reason: token.kind === 'refused' ? token.reason : null,
        },
      };
    },
    attached: () => {
      if (target.io !== null) sockets = countSocketIo(target.io);
    },
    offered: (given) => {
      token = given;
    },
    release: () => {
      loop.release();
      checks.release();
      sockets?.release();
    },
  };
};
