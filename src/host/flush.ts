import { close, fsync, open } from 'node:fs';
import { dirname } from 'node:path';
import type { Files } from './host.js';

export const flush: Files['flush'] = async (path) => {
  await sync(path);
  await sync(dirname(path));
};

/** What has gone meanwhile, or a file system that cannot sync, is passed over. */
const sync = (path: string): Promise<void> =>
  new Promise((resolve) => {
    open(path, 'r', (missing, fd) => {
      if (missing !== null) resolve();
      else fsync(fd, () => close(fd, () => resolve()));
    });
  });
