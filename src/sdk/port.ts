/**
 * The port to listen on: `PORT` of the environment, as mpm-io and most platforms set it, else the default.
 * @throws {TypeError} when `PORT` is set and is no port.
 */
export const port = (fallback: number): number => {
  const text = process.env['PORT'];
  if (text === undefined || text === '') return fallback;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) throw new TypeError(`PORT is no port: ${JSON.stringify(text)}`);
  return number;
};

/** The address to listen on: `HOST` of the environment, else the default. */
export const host = (fallback = '127.0.0.1'): string => process.env['HOST'] || fallback;
