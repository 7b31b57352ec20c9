import { dirname } from 'node:path';
import type { Files, FileStat } from '../../host/host.js';
import type { FakeClock } from './clock.js';
import type { FakeFile } from './setup.js';

type Node = Required<Omit<FakeFile, 'unreadable'>> & { text: string; inode: number; unreadable: boolean };

export type FakeFiles = {
  readonly files: Files;
  /** The text of a symlink is where it leads. */
  add(path: string, text: string, file: FakeFile): void;
  /** From now on every write fails with this code (ENOSPC, EROFS, EACCES); `null` ends it. */
  readonly failWrites: (code: string | null) => void;
};

/** Files in memory. Folders above a file exist by themselves, owned by root, 0755. */
export const createFakeFiles = (uid: number, clock: FakeClock): FakeFiles => {
  const nodes = new Map<string, Node>();
  let inode = 100;
  let failure: string | null = null;

  const add = (path: string, text: string, file: FakeFile): void => {
    inode += 1;
    const { kind = 'file', mode = kind === 'folder' ? 0o755 : 0o644, unreadable = false } = file;
    const { uid: owner = uid, mtimeMs = clock.now() } = file;
    nodes.set(path, { text, kind, mode, unreadable, uid: owner, mtimeMs, inode });
  };
  const implied = (path: string): boolean =>
    path === '/' || [...nodes.keys()].some((name) => name.startsWith(`${path}/`));
  const checkWrite = (path: string): void => {
    if (failure !== null) throw Object.assign(new Error(`${failure}: write '${path}'`), { code: failure });
  };
  const follow = (path: string): Node | undefined => {
    const node = nodes.get(path);
    return node?.kind === 'symlink' ? follow(node.text) : node;
  };
  const stat = (path: string): FileStat | null => {
    const node = nodes.get(path);
    if (node === undefined) return implied(path) ? impliedFolder : null;
    const { kind, uid: owner, mode, mtimeMs } = node;
    return { kind, uid: owner, mode, mtimeMs, size: node.text.length, inode: node.inode, device: 1 };
  };

  const files: Files = {
    stat,
    readPlain: (path, maxBytes) => {
      const node = nodes.get(path);
      if (node === undefined && !implied(path)) return { kind: 'missing' };
      const text = `${path} is not read.`;
      if (node?.kind === 'symlink') return { kind: 'refused', why: 'symlink', text };
      if (node === undefined || node.kind !== 'file') return { kind: 'refused', why: 'not-a-file', text };
      if (node.unreadable) return { kind: 'refused', why: 'unreadable', text };
      if (Buffer.byteLength(node.text) > maxBytes) return { kind: 'refused', why: 'too-large', text };
      return { kind: 'text', text: node.text, uid: node.uid, mode: node.mode, mtimeMs: node.mtimeMs };
    },
    readText: (path) => {
      const node = follow(path);
      if (node?.unreadable === true) throw Object.assign(new Error(`EACCES: '${path}'`), { code: 'EACCES' });
      return node?.kind === 'file' ? node.text : null;
    },
    writeAtomic: (path, text, mode = 0o600) => {
      checkWrite(path);
      add(path, text, { mode });
    },
    remove: (path) => {
      if (!nodes.has(path)) return false;
      checkWrite(path);
      return nodes.delete(path);
    },
    flush: async () => undefined,
    readRange: (path, from, maxBytes) => {
      const node = follow(path);
      if (node?.kind !== 'file' || node.unreadable) return null;
      const bytes = Buffer.from(node.text);
      return { text: bytes.toString('utf8', from, from + maxBytes), size: bytes.length };
    },
    executable: (path) => {
      const node = follow(path);
      if (node === undefined) return implied(path) ? 'yes' : 'missing';
      return (node.mode & 0o111) === 0 ? 'no' : 'yes';
    },
    removeTree: (folder) => {
      checkWrite(folder);
      for (const path of nodes.keys())
        if (path === folder || path.startsWith(`${folder}/`)) nodes.delete(path);
    },
    list: (folder) => {
      const below = folder.endsWith('/') ? folder : `${folder}/`;
      const names = [...nodes.keys()].filter((path) => path.startsWith(below));
      return [...new Set(names.map((path) => path.slice(below.length).split('/')[0] ?? ''))].toSorted();
    },
    makeFolder: (path, mode = 0o700) => {
      checkWrite(path);
      if (stat(path) === null) add(path, '', { kind: 'folder', mode });
    },
    writableByOthers: (path) => {
      const trusted = new Set([0, stat(path)?.uid ?? stat(dirname(path))?.uid ?? uid]);
      return foldersAbove(path).some((folder, index) => {
        const { mode, uid: owner } = stat(folder) ?? impliedFolder;
        const kept = index > 0 && (mode & 0o1000) !== 0;
        return !trusted.has(owner) || ((mode & 0o022) !== 0 && !kept);
      });
    },
  };
  return {
    files,
    add,
    failWrites: (code) => {
      failure = code;
    },
  };
};

const impliedFolder: FileStat = {
  kind: 'folder',
  uid: 0,
  mode: 0o755,
  size: 0,
  mtimeMs: 0,
  inode: 1,
  device: 1,
};

const foldersAbove = (path: string): readonly string[] => {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
};
