import { setMaxListeners } from 'node:events';
import { formatAddress, type Host, type HttpAnswer } from 'mpm-io/plugin';

/** Where a question goes: the URL, and the address whose listener must be the one that answers. */
export type Target = {
  readonly url: string;
  readonly port: number | null;
  readonly address: string;
  readonly socketPath: string | null;
};

/** A path goes to the instance's own endpoint; a whole URL stands for itself. */
export const targetOf = (
  pathOrUrl: string,
  address: string,
  port: number | null,
  socket: string | null,
): Target => {
  if (/^https?:\/\//.test(pathOrUrl) && URL.canParse(pathOrUrl)) {
    const url = new URL(pathOrUrl);
    const own = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return { url: pathOrUrl, port: own, address: host === 'localhost' ? address : host, socketPath: null };
  }
  if (port === null) return { url: `http://localhost${pathOrUrl}`, port, address, socketPath: socket };
  return { url: `http://${formatAddress(address, port)}${pathOrUrl}`, port, address, socketPath: null };
};

/** An answer, or why there is none: `unknown` when it could not be asked at all. */
export type Heard = HttpAnswer | { readonly kind: 'unknown'; readonly text: string };

export type Ask = (target: Target, timeout: number) => Promise<Heard>;

/** The longest that a look may take, whatever the server's own timeout is. */
export const longestLook = 1000;

const maxBytes = 256 * 1024;

/** Asks each address once, however many instances want to know. Ends with the signal even where the host does not. */
export const makeAsk = (host: Host, signal: AbortSignal): Ask => {
  const asked = new Map<string, Promise<Heard>>();
  // Every question listens to the one signal; that many is no leak.
  setMaxListeners(0, signal);
  return (target, timeout) => {
    const id = `${target.socketPath ?? ''} ${target.url} ${timeout}`;
    const before = asked.get(id);
    if (before !== undefined) return before;
    const answer = untilAborted(() => get(host, target, timeout, signal), signal);
    asked.set(id, answer);
    return answer;
  };
};

const get = (
  host: Host,
  { url, socketPath }: Target,
  timeout: number,
  signal: AbortSignal,
): Promise<HttpAnswer> =>
  host.http.request({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    timeout: Math.min(timeout, longestLook),
    maxBytes,
    signal,
    ...(socketPath === null ? {} : { socketPath }),
  });

const untilAborted = async (ask: () => Promise<HttpAnswer>, signal: AbortSignal): Promise<Heard> => {
  const unknown = (text: string): Heard => ({ kind: 'unknown', text });
  if (signal.aborted) return unknown('the look was called off');
  let calledOff = (): void => undefined;
  const aborted = new Promise<Heard>((resolve) => {
    calledOff = () => resolve(unknown('the look was called off before an answer came'));
    signal.addEventListener('abort', calledOff, { once: true });
  });
  try {
    return await Promise.race([ask(), aborted]);
  } catch (error) {
    return unknown(`it could not be asked: ${String(error)}`);
  } finally {
    signal.removeEventListener('abort', calledOff);
  }
};
