import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

const blockBytes = 64 * 1024;
const fingerprintBytes = 64;

/** Which file a path names now. The inode of a file that we hold open is not given to another. */
export type FileId = { readonly device: number; readonly inode: number };

/** `null`: there is no plain file. */
export const fileAt = (path: string): FileId | null => {
  try {
    const stat = statSync(path);
    return stat.isFile() ? { device: stat.dev, inode: stat.ino } : null;
  } catch {
    return null; // missing, or not visible: looked for again
  }
};

/** A log file that is held open: it can be read to its end after it was renamed or removed. */
export class OpenLog {
  readonly id: FileId;
  readonly #descriptor: number;
  readonly #block = Buffer.allocUnsafe(blockBytes);
  /** What stands right before `position`: when it is not there any more, the file was truncated and written anew. */
  #fingerprint: Buffer = Buffer.alloc(0);
  #position = 0;

  private constructor(descriptor: number, id: FileId) {
    this.#descriptor = descriptor;
    this.id = id;
  }

  /** `null` when there is no plain file that we may read. Never blocks on a FIFO. */
  static open(path: string): OpenLog | null {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = fstatSync(descriptor);
      if (stat.isFile()) return new OpenLog(descriptor, { device: stat.dev, inode: stat.ino });
    } catch {
      // missing, or not readable: tried again
    }
    if (descriptor !== undefined) closeSync(descriptor);
    return null;
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  get modifiedAt(): number {
    return fstatSync(this.#descriptor).mtimeMs;
  }

  get position(): number {
    return this.#position;
  }

  /** The next read begins here. */
  seek(position: number): void {
    this.#position = position;
    this.#fingerprint = this.readAt(
      Math.max(0, position - fingerprintBytes),
      Math.min(position, fingerprintBytes),
    );
  }

  /** Shorter than what was read of it, or other bytes where we stopped. */
  wasTruncated(): boolean {
    if (this.size < this.#position) return true;
    const before = this.#fingerprint;
    return !this.readAt(this.#position - before.length, before.length).equals(before);
  }

  /** The next block, or nothing at the end. It is good until the next call. */
  readBlock(limit = Number.POSITIVE_INFINITY): Buffer {
    const length = Math.max(0, Math.min(blockBytes, limit - this.#position));
    const count = length === 0 ? 0 : readSync(this.#descriptor, this.#block, 0, length, this.#position);
    const block = this.#block.subarray(0, count);
    this.#position += count;
    if (count > 0) {
      this.#fingerprint = Buffer.concat([this.#fingerprint, block.subarray(-fingerprintBytes)]).subarray(
        -fingerprintBytes,
      );
    }
    return block;
  }

  /** Bytes of their own from any place; fewer where the file ends. */
  readAt(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const count = length === 0 ? 0 : readSync(this.#descriptor, bytes, 0, length, position);
    return bytes.subarray(0, count);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

export const sameFile = (a: FileId, b: FileId): boolean => a.device === b.device && a.inode === b.inode;
