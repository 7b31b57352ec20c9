import type { BrokenServer, Origin } from '../ecosystem.js';
import { optionsIn } from './server.js';

/** As much of a server with mistakes as its style can judge; nothing where its style is not known. */
export const brokenServer = (
  raw: Readonly<Record<string, unknown>>,
  origin: Origin,
): readonly BrokenServer[] => {
  const { style = 'supervised', instances } = raw;
  if (typeof style !== 'string') return [];
  const count = typeof instances === 'number' && Number.isInteger(instances) ? instances : 1;
  return [{ style, instances: count, options: optionsIn(raw), origin }];
};
