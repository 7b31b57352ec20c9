/**
 * The candidate that was most likely meant, or `null` when none is near: at most one slip in a short word, two in a middling one,
 * three in a long one. Case, dashes, underscores and blanks do not count; a beginning of three letters or more is as good as one.
 */
export const suggest = (word: string, candidates: Iterable<string>): string | null => {
  const wanted = plain(word);
  let best: string | null = null;
  let least = slipsAllowed(wanted.length) + 1;
  for (const candidate of candidates) {
    const slips = slipsTo(wanted, plain(candidate), least);
    if (slips < least) {
      best = candidate;
      least = slips;
    }
  }
  return best;
};

/** Nobody misspells by more than this; what is longer is no word. */
const longest = 60;

const plain = (word: string): string =>
  word
    .slice(0, longest)
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '');

const slipsTo = (wanted: string, candidate: string, limit: number): number => {
  if (candidate === wanted) return 0;
  const begins = wanted.length >= 3 && candidate.startsWith(wanted);
  if (begins) return 1;
  return Math.abs(candidate.length - wanted.length) >= limit ? limit : distance(wanted, candidate);
};

const slipsAllowed = (length: number): number => {
  if (length <= 1) return 0;
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
};

/** Damerau-Levenshtein: letters added, left out, changed, or two neighbours swapped. */
const distance = (left: string, right: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const changed = left[row - 1] === right[column - 1] ? 0 : 1;
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + changed);
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
};

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
