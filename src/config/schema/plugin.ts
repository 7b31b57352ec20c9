import * as z from 'zod';
import { either, filledText } from './values.js';

/** One element of `plugins`. */
export const pluginSchema = either(
  'a path or package name, [name, options], or {"module": ..., "options": ...}',
  [
    filledText,
    z.tuple([filledText, z.unknown()], { error: 'must be [name] or [name, options]' }),
    z.tuple([filledText]),
    z.strictObject({ module: filledText, options: z.unknown().optional() }),
  ],
);
