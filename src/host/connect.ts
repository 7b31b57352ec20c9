import type { NetConnectOpts } from 'node:net';
import { localAddresses } from './local-addresses.js';

export type ConnectTarget = { readonly port: number; readonly host: string } | { readonly path: string };
export type Connected = 'open' | 'refused' | 'timeout';

/** Connects and hangs up. The deadline covers all addresses together. */
export const tryConnect = async (target: ConnectTarget, timeout: number): Promise<Connected> => {
  const deadline = performance.now() + timeout;
  let answer: Connected = 'refused';
  for (const options of targets(target)) {
    answer = await connectOnce(options, deadline - performance.now());
    if (answer !== 'refused') return answer;
  }
  return answer;
};

const targets = (target: ConnectTarget): readonly NetConnectOpts[] =>
  'path' in target
    ? [{ path: target.path }]
    : localAddresses(target.host).map((host) => ({ host, port: target.port }));

const connectOnce = async (options: NetConnectOpts, left: number): Promise<Connected> => {
  if (left <= 0) return 'timeout';
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(options);
    const settle = (answer: Connected): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle('timeout'), left);
    socket.once('connect', () => settle('open'));
    // A full queue of a unix socket answers EAGAIN: somebody listens and does not accept.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'EAGAIN' || error.code === 'ETIMEDOUT' ? 'timeout' : 'refused'),
    );
  });
};
