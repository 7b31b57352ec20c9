/** The page of all errors: a heading a code, its message with names for its facts, what to do, and the exit code. */
export const errorsPage = (catalogue) =>
  [
    '# Errors',
    '',
    'Every error has a code, a message, and a hint that says what to do next. With `--json` it is printed on stdout as',
    '`{"error": {"code", "message", "hint", "docs", "facts"}}`. Words in ‹…› stand for the facts of the case.',
    '',
    'Exit codes: 0 as asked, 1 an operation failed or was refused, 2 usage, configuration or unknown target, 3 `status`, `health`',
    'or `diagnose` found trouble, 130 interrupted.',
    '',
    ...Object.entries(catalogue)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, describe]) => section(key, describe(placeholder('fact')))),
  ].join('\n');

const section = (key, { message, hint, exit }) => [
  `## MPM_${key}`,
  '',
  ...message.split('\n').map((line) => `> ${line}`),
  '',
  `Do: ${hint}`,
  '',
  `Exit code ${exit}.`,
  '',
];

/** Stands for a fact of any shape: prints as its own name, and is a list of one where a list is expected. */
const placeholder = (name) => {
  const text = `‹${name}›`;
  return new Proxy(() => placeholder(name), {
    get: (_target, property) => {
      if (property === Symbol.toPrimitive || property === 'toString') return () => text;
      if (property === Symbol.iterator) return [placeholder(name)][Symbol.iterator].bind([placeholder(name)]);
      if (property === 'map') return (change) => [change(placeholder(name), 0)];
      if (property === 'length') return 1;
      if (property === 'join') return () => text;
      if (property === 'slice' || property === 'filter') return () => placeholder(name);
      if (property === 'at') return () => placeholder(name);
      if (typeof String.prototype[property] === 'function') return (...words) => text[property](...words);
      return typeof property === 'string' ? placeholder(property) : undefined;
    },
  });
};
