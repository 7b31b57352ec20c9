import type { Host } from '../host/host.js';
import type { InstanceKey } from '../model/key.js';
import type { Identity, ProcessTable } from '../model/process.js';
import type { Instance } from '../model/server.js';
import type { ListenerTable } from '../model/socket.js';
import { endpointsOf, type UnitSpec } from '../model/unit.js';
import type { UnitView } from '../model/unit-view.js';
import type { Look } from '../plugin/contract.js';

export type LookOptions = {
  readonly units?: ReadonlyMap<InstanceKey, UnitView>;
  readonly signal?: AbortSignal;
  readonly home?: string;
};

/** What a command sees of a host: taken at the first question, and the same for every later one. */
export const createLook = (host: Host, options: LookOptions = {}): Look => {
  const { units = new Map(), home = '/home/tester/.mpm-io', signal = new AbortController().signal } = options;
  let processes: ProcessTable | undefined;
  let listeners: ListenerTable | undefined;
  return Object.freeze({
    home,
    units,
    signal,
    get processes() {
      return (processes ??= host.processes.table());
    },
    get listeners() {
      return (listeners ??= host.sockets.listeners());
    },
  });
};

/** The record of an instance that runs as `main`, as the launcher would have left it. */
export const recordedUnit = (spec: UnitSpec, main: Identity, port: number | null): UnitView => ({
  record: {
    id: 0,
    spec,
    desired: 'up',
    reason: null,
    message: null,
    envName: null,
    run: {
      generation: 1,
      main,
      helper: null,
      port,
      startedAt: 0,
      readyAt: 0,
      specHash: '',
      logOffset: { out: 0, err: 0 },
    },
    lastExit: null,
    restarts: 0,
  },
  state: 'running',
  main,
  helper: null,
  exit: null,
  reason: null,
  sighting: {
    role: 'owner',
    manager: { style: spec.style, name: 'mpm-io at /home/tester/.mpm-io', pid: null },
    phase: 'running',
    ready: true,
    main,
    endpoints: endpointsOf(spec, port),
    proven: true,
    evidence: [{ source: 'record', text: `unit 0 of /home/tester/.mpm-io is PID ${main.pid}` }],
  },
});

/** The instance with its record, as the engine hands it over. */
export const withRecord = (instance: Instance, view: UnitView): Instance => ({
  ...instance,
  record: view.record,
});
