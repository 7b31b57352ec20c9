import { definePlugin } from 'mpm-io/plugin';
import { detect } from './detect.js';
import { info } from './info.js';
import {
  daemonOptions,
  daemonPluginOptions,
  type DaemonOptions,
  type DaemonPluginOptions,
} from './options.js';
import { discover, recognize } from './recognize.js';
import { start } from './start.js';
import { stop } from './stop.js';
import { daemonUnit } from './unit.js';

/** A program that is known by a PID file, whoever wrote it. */
export default definePlugin<DaemonPluginOptions | undefined, DaemonOptions>({
  name: 'daemon-managed',
  apiVersion: 1,
  instances: 'one',
  options: daemonPluginOptions,
  serverOptions: daemonOptions,
  create: (options, host) => {
    const places = [options?.places ?? []].flat();
    return {
      detect: (instances, look) => detect(instances, look, host),
      start: (instance, context) => start(instance, context, host),
      stop: (instance, sighting, context) => stop(instance, sighting, context, host),
      info: (instance, sighting, context) => info(instance, sighting, context, host),
      recognize: (process, look) => recognize(process, look, host, places),
      discover: (look) => discover(look, host, places),
      unit: (server, index) => daemonUnit(server, index, host.user.home),
    };
  },
});
