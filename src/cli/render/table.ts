import { cut, pad, visibleWidth } from '../../model/text.js';
import { cutMark } from './symbols.js';
import { painter } from './terminal.js';
import type { Colour, Terminal } from './terminal.js';

type Cell = { readonly text: string; readonly colour?: Colour };

export type Column<Row> = {
  readonly title: string;
  /** 0 is never dropped; the highest number goes first. */
  readonly rank: number;
  readonly side?: 'left' | 'right';
  /** It may be cut down to this many cells before any column is dropped; without it, it is not cut. */
  readonly least?: number;
  readonly cell: (row: Row) => Cell;
};

type Laid = {
  readonly title: string;
  readonly rank: number;
  readonly side: 'left' | 'right';
  readonly least: number;
  readonly natural: number;
  readonly cells: readonly Cell[];
};

const gap = '  ';

/**
 * Rows under a heading, in columns. On a terminal it never takes more than its width: wide columns are cut first, then the least needed
 * ones are dropped, and at last what stays is cut. Elsewhere every column is there in full, so that other programs can read it.
 * Cells must be sanitised.
 */
export const tableLines = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  terminal: Terminal,
): readonly string[] => {
  const laid = columns.map((column) => measure(column, rows));
  const fitted = terminal.tty
    ? fit(laid, terminal.width)
    : laid.map((column) => [column, column.natural] as const);
  const paint = painter(terminal);
  const line = (cellOf: (column: Laid) => Cell): string =>
    fitted
      .map(([column, width], place) => {
        const { text, colour = 'plain' } = cellOf(column);
        const shown = cut(text, width, cutMark(terminal));
        const isLast = place === fitted.length - 1 && column.side === 'left';
        const space = pad('', isLast ? 0 : width - visibleWidth(shown));
        return column.side === 'left' ? paint(colour, shown) + space : space + paint(colour, shown);
      })
      .join(gap)
      .trimEnd();
  return [
    line((column) => ({ text: column.title, colour: 'dim' })),
    ...rows.map((_, index) => line((column) => column.cells[index] ?? { text: '' })),
  ];
};

const measure = <Row>(column: Column<Row>, rows: readonly Row[]): Laid => {
  const cells = rows.map(column.cell);
  const natural = Math.max(visibleWidth(column.title), ...cells.map(({ text }) => visibleWidth(text)));
  return {
    title: column.title,
    rank: column.rank,
    side: column.side ?? 'left',
    least: Math.min(natural, column.least ?? natural),
    natural,
    cells,
  };
};

type Fitted = readonly (readonly [Laid, number])[];

const fit = (columns: readonly Laid[], width: number): Fitted => {
  const least = total(columns.map((column) => column.least));
  if (least <= width) return shrink(columns, width);
  const lowest = Math.max(...columns.map((column) => column.rank));
  if (lowest === 0) return squeeze(columns, width);
  return fit(
    columns.filter((column) => column.rank !== lowest),
    width,
  );
};

/** Takes the missing cells from the widest column that may still give some, again and again. */
const shrink = (columns: readonly Laid[], width: number): Fitted => {
  const widths = columns.map((column) => column.natural);
  for (let missing = total(widths) - width; missing > 0; missing -= 1) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const mayGive = (widths[index] ?? 0) > column.least;
      if (mayGive && (widest === -1 || (widths[index] ?? 0) > (widths[widest] ?? 0))) widest = index;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return columns.map((column, index) => [column, widths[index] ?? 0]);
};

/** Even the columns that never go are too wide: the first ones give way to the last. */
const squeeze = (columns: readonly Laid[], width: number): Fitted => {
  let room = width - gap.length * (columns.length - 1);
  return columns
    .toReversed()
    .map((column, index) => {
      const others = columns.length - 1 - index;
      const cells = Math.max(1, Math.min(column.least, room - others));
      room -= cells;
      return [column, cells] as const;
    })
    .toReversed();
};

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + gap.length * Math.max(0, widths.length - 1);
