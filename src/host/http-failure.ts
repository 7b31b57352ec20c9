import type { HttpAnswer } from './host.js';

type NoAnswer = Extract<HttpAnswer, { kind: 'none' }>;

export const noAnswer = (why: NoAnswer['why'], text: string): NoAnswer => ({ kind: 'none', why, text });

/** Sorts what Node says of a failed request. A certificate that is not accepted counts as malformed, with its text. */
export const explainHttpError = (error: unknown): NoAnswer => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return noAnswer(reasons.get(code) ?? 'malformed', message === '' ? code : message);
};

const reasons: ReadonlyMap<string, NoAnswer['why']> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOENT', 'refused'],
  ['EACCES', 'refused'],
  ['EPERM', 'refused'],
  ['ENOTSOCK', 'refused'],
  ['ENOTFOUND', 'refused'],
  ['EAI_AGAIN', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['EADDRNOTAVAIL', 'refused'],
  ['EMFILE', 'refused'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['ETIMEDOUT', 'timeout'],
  ['EAGAIN', 'timeout'],
  ['HPE_HEADER_OVERFLOW', 'too-large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'too-large'],
]);
