import { definePlugin } from 'mpm-io/plugin';
import { detect } from './detect.js';
import { info } from './info.js';
import { httpOptions, type HttpOptions } from './options.js';
import { discover, recognize } from './recognize.js';
import { start } from './start.js';
import { stop } from './stop.js';
import { httpUnit } from './unit.js';

/** A server that answers health over HTTP, whoever started it. */
export default definePlugin<undefined, HttpOptions>({
  name: 'http-managed',
  apiVersion: 1,
  instances: 'many',
  serverOptions: httpOptions,
  create: (_options, host) => ({
    detect: (instances, look) => detect(instances, look, host),
    start: (instance, context) => start(instance, context, host),
    stop: (instance, sighting, context) => stop(instance, sighting, context, host),
    info: (instance, sighting, context) => info(instance, sighting, context, host),
    recognize: (process, look) => recognize(process, look, host),
    discover: (look) => discover(look, host),
    unit: httpUnit,
  }),
});
