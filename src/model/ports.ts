import type { PortSpec } from './unit.js';

const lowestPort = 1;
const highestPort = 65_535;

const isPort = (value: number): boolean =>
  Number.isInteger(value) && value >= lowestPort && value <= highestPort;

export type PortChoice =
  | { readonly kind: 'none' }
  /** `kept`: it is the one recorded before, so it is never exchanged for another. */
  | { readonly kind: 'port'; readonly port: number; readonly kept: boolean }
  | { readonly kind: 'out-of-range'; readonly port: number }
  | { readonly kind: 'full'; readonly from: number; readonly to: number };

/**
 * The port of instance `index`: a fixed one is what was declared, a range gives the lowest that nobody has taken.
 * What was chosen from a range once is kept while the range still holds it, also when a stranger sits there now:
 * clients know that port, so the start fails instead of moving.
 */
export const choosePort = (
  spec: PortSpec | null,
  index: number,
  recorded: number | null,
  taken: ReadonlySet<number>,
): PortChoice => {
  if (spec === null) return { kind: 'none' };
  if (spec.kind === 'fixed') return fixedPort(spec.spread ? spec.port + index : spec.port);
  const { from, to } = spec;
  if (!isPort(from)) return { kind: 'out-of-range', port: from };
  if (!isPort(to)) return { kind: 'out-of-range', port: to };
  if (recorded !== null && recorded >= from && recorded <= to) {
    return { kind: 'port', port: recorded, kept: true };
  }
  for (let port = from; port <= to; port += 1) {
    if (!taken.has(port)) return { kind: 'port', port, kept: false };
  }
  return { kind: 'full', from, to };
};

const fixedPort = (port: number): PortChoice =>
  isPort(port) ? { kind: 'port', port, kept: true } : { kind: 'out-of-range', port };
