/** `null` when the work was done in time, else why not. Never rejects. */
export const within = async (
  name: string,
  work: () => unknown,
  milliseconds: number,
): Promise<string | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${name} took longer than ${milliseconds} ms`), milliseconds);
  });
  const done = async (): Promise<null | string> => {
    try {
      await work();
      return null;
    } catch (thrown) {
      return `${name} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    }
  };
  const outcome = await Promise.race([done(), late]);
  clearTimeout(timer);
  return outcome;
};

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
