import type { Instance } from '../model/server.js';

/** Runs changing hooks of one instance one after another, those of different instances side by side. */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>({ key, server }: Instance, work: () => Promise<T>): Promise<T> {
    const lane = `${server.declaredIn ?? ''}\0${key}`;
    const before = this.#last.get(lane) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#last.set(lane, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(lane) === turn) this.#last.delete(lane);
    }
  }
}
