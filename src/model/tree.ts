import { isAlive, type ProcessRow, type ProcessTable } from './process.js';

const childrenByTable = new WeakMap<ProcessTable, Map<number, ProcessRow[]>>();

/** The direct children of a process; the index is made once a table. */
export const childrenOf = (table: ProcessTable, pid: number): readonly ProcessRow[] => {
  let index = childrenByTable.get(table);
  if (index === undefined) {
    index = groupByParent(table);
    childrenByTable.set(table, index);
  }
  return index.get(pid) ?? [];
};

const groupByParent = (table: ProcessTable): Map<number, ProcessRow[]> => {
  const index = new Map<number, ProcessRow[]>();
  for (const row of table.rows.values()) {
    const siblings = index.get(row.ppid);
    if (siblings === undefined) index.set(row.ppid, [row]);
    else siblings.push(row);
  }
  return index;
};

/** Everything below a process, nearest first, without the process itself. */
export const descendantsOf = (table: ProcessTable, pid: number): readonly ProcessRow[] => {
  const found: ProcessRow[] = [];
  const seen = new Set([pid]);
  const queue = [pid];
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    for (const child of childrenOf(table, parent)) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      found.push(child);
      queue.push(child.pid);
    }
  }
  return found;
};

/** The parents of a process, nearest first, without the process itself. */
export const ancestorsOf = (table: ProcessTable, pid: number): readonly ProcessRow[] => {
  const found: ProcessRow[] = [];
  const seen = new Set([pid]);
  let row = table.rows.get(pid);
  while (row !== undefined && !seen.has(row.ppid)) {
    seen.add(row.ppid);
    row = table.rows.get(row.ppid);
    if (row !== undefined) found.push(row);
  }
  return found;
};

/** Is one the other, or an ancestor of it? */
export const related = (table: ProcessTable, a: number, b: number): boolean =>
  a === b ||
  ancestorsOf(table, a).some(({ pid }) => pid === b) ||
  ancestorsOf(table, b).some(({ pid }) => pid === a);

/** The memory of a process with everything below it, bytes. */
export const treeRss = (table: ProcessTable, pid: number): number => {
  const root = table.rows.get(pid);
  const rows = descendantsOf(table, pid).filter(isAlive);
  return rows.reduce((sum, row) => sum + row.rssBytes, root?.rssBytes ?? 0);
};
