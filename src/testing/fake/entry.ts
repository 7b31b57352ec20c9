import type { ProcessRow } from '../../model/process.js';
import type { FakeListen, FakeProcess } from './setup.js';

/** A process as the fake keeps it. */
export type Entry = {
  row: ProcessRow;
  listens: readonly FakeListen[];
  readonly setup: FakeProcess;
  readonly uid: number;
};
