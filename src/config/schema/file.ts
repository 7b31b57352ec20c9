import * as z from 'zod';
import { appSchema } from './app.js';
import { pluginSchema } from './plugin.js';
import { serverSchema } from './server.js';
import type { FileKey } from '../shape.js';
import { either } from './values.js';

/**
 * The whole ecosystem file: the one source of the types, the checks, the defaults, `ecosystem.schema.json` and the
 * reference page. At run time its parts are checked one by one, so that all mistakes are told at once.
 */
export const fileSchema = z
  .looseObject({
    $schema: z.string().optional().describe('For editors: the address of `ecosystem.schema.json`.'),
    plugins: z
      .array(pluginSchema)
      .optional()
      .describe('Management styles beside the built-in ones, by path or package.'),
    servers: z.array(serverSchema).optional().describe('The servers.'),
    apps: either('an app, or a list of apps', [z.array(appSchema), appSchema])
      .optional()
      .describe("Apps as pm2 declares them, with pm2's names and defaults."),
    deploy: z.unknown().optional().describe('Ignored: a deploy is a job of your CI.'),
    static: z.unknown().optional().describe('Ignored: declare a static file server as a server.'),
  } satisfies Record<FileKey, z.ZodType>)
  .describe('An ecosystem file of mpm-io.');

export type FileInput = z.input<typeof fileSchema>;
