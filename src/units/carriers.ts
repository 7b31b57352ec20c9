import type { Host } from '../host/host.js';
import type { ProcessDetails } from '../model/process.js';
import type { Home } from './home.js';
import { markerName } from './records.js';

/** A process that says in its environment which unit of this home it belongs to. */
export type Carrier = { readonly marker: string; readonly details: ProcessDetails };

export const findCarriers = (host: Host, home: Home): readonly Carrier[] =>
  [...host.processes.variables(markerName)].flatMap(([pid, marker]) => {
    const details = marker.startsWith(`${home.path}/`) ? host.processes.details(pid) : null;
    return details === null ? [] : [{ marker, details }];
  });
