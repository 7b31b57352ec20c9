import { decodeLine, leadingNuls, maxLineBytes } from './log-line.js';

const newline = 0x0a;

/** Makes lines of blocks as they come. Holds what is not ended yet, at most one line's cap of it. */
export class LineSplitter {
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Also what was not kept because the line is too long. */
  #lineBytes = 0;

  push(block: Buffer): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = block.indexOf(newline); end !== -1; end = block.indexOf(newline, start)) {
      this.#hold(block.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#hold(block.subarray(start));
    return lines;
  }

  /** The line that will never be ended, if there is one. */
  flush(): readonly string[] {
    return this.#lineBytes === 0 ? [] : [this.#take()];
  }

  #hold(part: Buffer): void {
    const piece = this.#lineBytes === 0 ? part.subarray(leadingNuls(part)) : part;
    this.#lineBytes += piece.length;
    const kept = piece.subarray(0, Math.max(0, maxLineBytes + 4 - this.#heldBytes));
    if (kept.length === 0) return;
    this.#held.push(Buffer.from(kept));
    this.#heldBytes += kept.length;
  }

  #take(): string {
    const [only] = this.#held;
    const bytes = this.#held.length === 1 && only !== undefined ? only : Buffer.concat(this.#held);
    const line = decodeLine(bytes, this.#lineBytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#lineBytes = 0;
    return line;
  }
}
