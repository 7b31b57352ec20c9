import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

const pollMs = { blind: 100, watched: 1000 };

/**
 * Tells when files may have changed. The folders are watched, not the files: a rename takes a file's watcher along with it. Where a folder
 * cannot be watched (missing, out of watches, a file system without them) we look every 100 ms; elsewhere once a second all the same, as
 * a watcher may miss something. It never holds more than one timer, and ends with its signal.
 */
export class ChangeWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #folders: readonly string[];
  readonly #signal: AbortSignal;
  #changed = false;
  #wake: (() => void) | undefined;
  readonly #onAbort = (): void => this.#wake?.();

  constructor(paths: readonly string[], signal: AbortSignal) {
    this.#folders = [...new Set(paths.map((path) => dirname(path)))];
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
    this.#watchAll();
  }

  /** Resolves at the next change, when it is time to look anyway, or at the end. */
  async next(isBlind: boolean, atMost = Number.POSITIVE_INFINITY): Promise<void> {
    if (!this.#changed && !this.#signal.aborted) {
      this.#watchAll();
      const sees = !isBlind && this.#watchers.size === this.#folders.length;
      await this.#sleep(Math.min(sees ? pollMs.watched : pollMs.blind, atMost));
    }
    this.#changed = false;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(finish, Math.max(0, ms));
      this.#wake = finish;
    });
  }

  #watchAll(): void {
    for (const folder of this.#folders) {
      if (!this.#watchers.has(folder)) this.#watch(folder);
    }
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#notice());
      watcher.on('error', () => this.#lose(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // missing, or no watches left: looked at by the clock instead
    }
  }

  /** A watched folder that was removed tells nothing any more, also when it is made again. */
  #lose(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#notice();
  }

  #notice(): void {
    this.#changed = true;
    this.#wake?.();
  }
}
