import type { Host } from '../host/host.js';
import type { InstanceKey } from '../model/key.js';
import type { ProcessTable } from '../model/process.js';
import type { UnitView } from '../model/unit-view.js';
import type { Home } from './home.js';
import { isElsewhere } from './elsewhere.js';
import { isHelper } from './helper.js';
import { markerName, markerOf, type Records } from './records.js';
import { viewUnit } from './view.js';

/** Every recorded unit, held against one table. Only a record that names no process costs a scan for its marker. */
export const viewUnits = (
  host: Host,
  home: Home,
  records: Records,
  table: ProcessTable,
): ReadonlyMap<InstanceKey, UnitView> =>
  new Map(
    records.records.map((record) => {
      const { run, spec } = record;
      const elsewhere = isElsewhere(host, record);
      const exit = records.exits.get(record.id) ?? null;
      const ended = exit !== null && spec.main.kind === 'self';
      const unknown = run !== null && run.main === null && record.desired === 'up' && !ended && !elsewhere;
      const marked = unknown
        ? host.processes.withEnvironment(markerName, markerOf(home, spec.key, run.generation))
        : [];
      const helpers = new Set(marked.filter((pid) => isHelper(host.processes.details(pid)?.argv ?? [])));
      return [spec.key, viewUnit(record, exit, table, { home: home.path, marked, helpers, elsewhere })];
    }),
  );
