/** What is told of a program that is an ecosystem file and does not come to an end. */
export const hung = (timeout: number): string =>
  `It did not finish loading within ${timeout / 1000} s: it waits or loops for ever.`;
