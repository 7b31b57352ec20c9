import * as z from 'zod';
import { appSchema } from './app.js';
import { serverSchema } from './server.js';
import { either, filledText } from './values.js';

const plugin = either('a path or package name, [name, options], or {"module": ..., "options": ...}', [
  filledText,
  z.tuple([filledText, z.unknown()]),
  z.tuple([filledText]),
  z.strictObject({ module: filledText, options: z.unknown().optional() }),
]);

/**
 * The whole ecosystem file: the one source of the types, the checks, the defaults, `ecosystem.schema.json` and the
 * reference page. At run time its parts are checked one by one, so that all mistakes are told at once.
 */
export const fileSchema = z
  .looseObject({
    $schema: z.string().optional().describe('For editors: the address of `ecosystem.schema.json`.'),
    plugins: z
      .array(plugin)
      .optional()
      .describe('Management styles beside the built-in ones, by path or package.'),
    servers: z.array(serverSchema).optional().describe('The servers.'),
    apps: either('an app, or a list of apps', [z.array(appSchema), appSchema])
      .optional()
      .describe("Apps as pm2 declares them, with pm2's names and defaults."),
    deploy: z.unknown().optional().describe('Ignored: a deploy is a job of your CI.'),
    static: z.unknown().optional().describe('Ignored: declare a static file server as a server.'),
  })
  .describe('An ecosystem file of mpm-io.');

export const pluginSchema = plugin;

export type FileInput = z.input<typeof fileSchema>;
