/** Asked on the first call, and never again. */
export const once = <T>(take: () => T): (() => T) => {
  let taken: { readonly value: T } | undefined;
  return () => (taken ??= { value: take() }).value;
};
