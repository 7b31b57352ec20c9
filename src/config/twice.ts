import type { SourceDocument } from './load/document.js';
import type { Notes } from './notes.js';
import { startsWith } from './schema/cut.js';

/**
 * Keys that stand twice in one object: the last one counts, and nobody sees that. pm2 takes them as they come, so in an
 * app that is told and no mistake.
 */
export const tellTwice = ({ twice }: SourceDocument, prefix: readonly PropertyKey[], notes: Notes): void => {
  for (const path of twice()) {
    if (!startsWith(path, prefix)) continue;
    const [top, ...rest] = path.slice(prefix.length);
    if (top === undefined) continue;
    const message = 'stands there twice: only the last one would count.';
    if (top === 'servers' || top === 'plugins' || rest.length === 0) notes.problem([top, ...rest], message);
    else
      notes.note({
        path: [top, ...rest],
        key: String(path.at(-1)),
        server: null,
        verdict: 'differs',
        how: 'it stands there twice: the last one counts',
      });
  }
};
