import type { StepReport } from '../../engine/report.js';
import { cut, sanitise } from '../../model/text.js';
import { stepLine } from './steps.js';
import { cutMark } from './symbols.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';

/** Where progress is written: a TTY tells its size, which may change while we draw. */
export type ProgressStream = {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export type ProgressClock = { monotonic(): number };

const spinners = { unicode: ['◐', '◓', '◑', '◒'], ascii: ['-', '\\', '|', '/'] } as const;
const frameMs = 100;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[J';
const clearRight = '\u001b[K';

/**
 * What is going on, while it does. On a terminal: a line with a spinner for each server under way, drawn in one write per frame so that
 * nothing flickers; finished steps stay above them. Elsewhere: a plain line per event. It owns its timer; `dispose` clears what
 * is live and gives the cursor back, and so does the end of the program.
 */
export class ProgressView {
  readonly #stream: ProgressStream;
  readonly #terminal: Terminal;
  readonly #clock: ProgressClock;
  readonly #running = new Map<string, { text: string; since: number }>();
  readonly #onExit = (): void => this.dispose();
  #timer: NodeJS.Timeout | undefined;
  #drawn = 0;
  #disposed = false;

  constructor(stream: ProgressStream, terminal: Terminal, clock: ProgressClock) {
    this.#stream = stream;
    this.#terminal = terminal;
    this.#clock = clock;
  }

  /** What a server is doing now. */
  update(server: string, text: string): void {
    const known = this.#running.get(server);
    if (this.#disposed || known?.text === text) return;
    this.#running.set(server, { text, since: known?.since ?? this.#clock.monotonic() });
    if (this.#terminal.tty) this.#begin();
    else this.#stream.write(`${sanitise(server)}: ${sanitise(text)}\n`);
  }

  /** A step has ended: it is told for good. */
  finish(step: StepReport): void {
    this.#running.delete(step.server);
    this.note(stepLine(step, this.#terminal));
  }

  /** A line of its own, already safe to print, that stays. */
  note(line: string): void {
    if (this.#drawn === 0) this.#stream.write(`${line}\n`);
    else this.#draw(`${line}\n`);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#running.clear();
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    process.off('exit', this.#onExit);
    this.#stream.write(this.#rewind() + clearBelow + showCursor);
    this.#drawn = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #begin(): void {
    if (this.#timer === undefined) {
      this.#stream.write(hideCursor);
      process.on('exit', this.#onExit);
      this.#timer = setInterval(() => this.#draw(''), frameMs);
      this.#timer.unref();
    }
    this.#draw('');
  }

  /** One write: up to the first live line, what stays, the live lines again, and nothing of the old ones below. */
  #draw(above: string): void {
    const lines = this.#lines();
    const kept = above.replaceAll('\n', `${clearRight}\n`);
    const live = lines.map((line) => `${line}${clearRight}\n`).join('');
    this.#stream.write(this.#rewind() + kept + live + clearBelow);
    this.#drawn = lines.length;
  }

  #rewind(): string {
    return this.#drawn === 0 ? '' : `\r\u001b[${this.#drawn}A`;
  }

  #lines(): readonly string[] {
    const paint = painter(this.#terminal);
    const width = (this.#stream.columns ?? this.#terminal.width) - 1;
    const now = this.#clock.monotonic();
    const frames = this.#terminal.unicode ? spinners.unicode : spinners.ascii;
    const frame = frames[Math.floor(now / frameMs) % frames.length] ?? '';
    const room = Math.max(1, (this.#stream.rows ?? 24) - 2);
    const all = [...this.#running];
    const shown = all.slice(0, all.length > room ? room - 1 : room).map(([server, { text, since }]) => {
      const seconds = Math.floor((now - since) / 1000);
      const line = `${sanitise(server)}: ${sanitise(text)}${seconds < 1 ? '' : ` (${seconds}s)`}`;
      return `${paint('cyan', frame)} ${cut(line, width - 2, cutMark(this.#terminal))}`;
    });
    return all.length > room ? [...shown, `  and ${all.length - shown.length} more`] : shown;
  }
}
