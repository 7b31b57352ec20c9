import type { ServerKey } from '../model/key.js';
import type { Server } from '../model/server.js';

/** What came of one declaration. */
export type Reading = {
  /** Null where it cannot be told which server it is. */
  readonly key: ServerKey | null;
  /** Null where it has mistakes. */
  readonly server: Server | null;
  /** What its style is asked, mistakes or not; null where there is nothing to ask, or no style to ask it. */
  readonly judged: Pick<Server, 'style' | 'instances' | 'options'> | null;
};
