/** A version by the rules of semver 2; `1.2` and `v1.2.0` are taken too. */
export type Version = {
  readonly numbers: readonly [number, number, number];
  /** How many of the three numbers were written. */
  readonly written: number;
  readonly prerelease: readonly string[];
};

const shape =
  /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?(?:-([0-9a-z-]+(?:\.[0-9a-z-]+)*))?(?:\+[0-9a-z.-]+)?$/i;

/** @throws {TypeError} when the text is no version. */
export const parseVersion = (text: string): Version => {
  const match = shape.exec(text.trim());
  if (match === null) throw new TypeError(`Not a version: ${JSON.stringify(text.slice(0, 100))}`);
  const written = [match[1], match[2], match[3]].filter((part) => part !== undefined);
  const [major, minor, patch] = written.map(Number);
  return {
    numbers: [major ?? 0, minor ?? 0, patch ?? 0],
    written: written.length,
    prerelease: match[4]?.split('.') ?? [],
  };
};

/** Below zero when `a` is older. Numbers are compared as numbers: 0.10.0 is newer than 0.9.0. */
export const compareVersions = (a: Version, b: Version): number =>
  compareNumbers(a, b, 3) || comparePrereleases(a.prerelease, b.prerelease);

/** Is `version` past the line that `bound` names? `2` names every 2.x, `2.1` every 2.1.x. */
export const isBeyond = (version: Version, bound: Version): boolean =>
  bound.written === 3
    ? compareVersions(version, bound) > 0
    : compareNumbers(version, bound, bound.written) > 0;

const compareNumbers = (a: Version, b: Version, parts: number): number => {
  for (let i = 0; i < parts; i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** A prerelease comes before its release; numbers before words; the shorter first. */
const comparePrereleases = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    const difference = compareIdentifiers(left, right);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

const compareIdentifiers = (a: string, b: string): number => {
  const numeric = [a, b].map((text) => /^\d+$/.test(text));
  if (numeric[0] && numeric[1]) return Number(a) - Number(b);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
};
