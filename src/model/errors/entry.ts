/** What a code becomes for people. */
export type ErrorText = {
  readonly message: string;
  /** What to do next: a command that works as printed, or an action. */
  readonly hint: string;
  /** Exit code of the command line: 1 the operation failed, 2 usage or configuration. */
  readonly exit: 1 | 2 | 3 | 130;
};

/** One family of the catalogue: code (without `MPM_`) to text, from typed facts. */
export type ErrorFamily = Readonly<Record<string, (facts: never) => ErrorText>>;
