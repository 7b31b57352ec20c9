import { dialectOf, generic, type Dialect } from './dialects.js';
import { type Json } from './json-path.js';
import { isObject } from '../seen/strict-schema.js';
import { type Heard } from './ask.js';

/** What an answer is worth. */
export type Verdict =
  | { readonly kind: 'health'; readonly json: Json; readonly dialect: Dialect; readonly status: number }
  /** Something answers, but not as a health endpoint. */
  | {
      readonly kind: 'other';
      readonly text: string;
      /** As far as there is one, and not turned away. */
      readonly answer?: { readonly status: number; readonly json: Json };
    }
  /** It accepts connections and does not answer in time. */
  | { readonly kind: 'silent'; readonly text: string }
  | { readonly kind: 'nobody'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** `described`: the server declares what its answer says, so that any JSON object may be a health answer. */
export const judge = (heard: Heard, described: boolean): Verdict => {
  if (heard.kind === 'unknown') return { kind: 'unknown', text: heard.text };
  if (heard.kind === 'none') return judgeSilence(heard.why, heard.text);
  if (heard.status >= 300 && heard.status < 400)
    return { kind: 'other', text: `it answered ${heard.status}, a redirect that is not followed` };
  const json = parseObject(heard.body);
  const { status } = heard;
  if (typeof json === 'string')
    return { kind: 'other', text: `it answered ${status} with ${json}`, answer: { status, json: {} } };
  const dialect = dialectOf(json) ?? (described ? generic : null);
  if (dialect === null)
    return {
      kind: 'other',
      text: `it answered ${status} with a JSON object that has no status`,
      answer: { status, json },
    };
  const fine = isFine(status);
  // A server that is starting or draining says so with 503.
  const unready = status === 503 && (described || dialect !== generic);
  if (fine || unready) return { kind: 'health', json, dialect, status };
  return { kind: 'other', text: `it answered ${status}`, answer: { status, json } };
};

export const isFine = (status: number): boolean => status >= 200 && status < 300;

const judgeSilence = (why: (Heard & { kind: 'none' })['why'], text: string): Verdict => {
  switch (why) {
    case 'refused':
      return { kind: 'nobody', text };
    case 'timeout':
      return { kind: 'silent', text };
    case 'aborted':
      return { kind: 'unknown', text: 'the look was called off before an answer came' };
    case 'reset':
    case 'too-large':
    case 'malformed':
      return { kind: 'other', text: `it answered badly (${why}: ${text})` };
  }
};

/** The object, or what stands there in its place. */
const parseObject = (body: string): Json | string => {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
    return Array.isArray(value) ? 'a JSON list' : `the JSON value ${String(value).slice(0, 40)}`;
  } catch {
    if (body.trim() === '') return 'an empty body';
    return /^\s*<(!doctype|html)/i.test(body) ? 'an HTML page' : 'a body that is no JSON';
  }
};
