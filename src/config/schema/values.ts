import { constants } from 'node:os';
import * as z from 'zod';
import { shown } from './shown.js';

// A file is parsed once: compiling its schema first would take longer than reading it does.
z.config({ jitless: true });

/** A timer longer than this fires at once. */
const longestDuration = 2 ** 31 - 1;

const unitsOfTime = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const unitsOfSize = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

const durationText = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/;
const sizeText = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*$/i;

const must = (what: string) => (issue: { readonly input?: unknown }) =>
  `must be ${what}, not ${shown(issue.input)}`;

/** A choice whose every mistake is told by one sentence about what is wanted. */
export const either = <const T extends readonly [z.ZodType, ...z.ZodType[]]>(what: string, options: T) =>
  z.union(options, { error: must(what) });

const durationWords = 'a duration: milliseconds, or a text such as "500ms", "10s", "5m", "1h"';

export const duration = either(durationWords, [
  z.number({ error: must(durationWords) }).min(0, { error: must(durationWords) }),
  z.string().regex(durationText, { error: must(durationWords) }),
])
  .transform((value) => (typeof value === 'number' ? value : milliseconds(value)))
  .refine((ms) => ms <= longestDuration, { error: 'must be at most 24 days' });

const milliseconds = (text: string): number => {
  const [, number = '0', unit = ''] = durationText.exec(text) ?? [];
  return Math.round(Number(number) * unitsOfTime[unit as keyof typeof unitsOfTime]);
};

const sizeWords = 'a size: bytes, or a text such as "100K", "50M", "1G"';

export const size = either(sizeWords, [
  z.int({ error: must(sizeWords) }).min(1, { error: must(sizeWords) }),
  z.string().regex(sizeText, { error: must(sizeWords) }),
])
  .transform((value) => (typeof value === 'number' ? value : bytes(value)))
  .refine((count) => count >= 1, { error: 'must be at least 1 byte' });

const bytes = (text: string): number => {
  const [, number = '0', unit = ''] = sizeText.exec(text) ?? [];
  return Math.round(Number(number) * unitsOfSize[unit.toUpperCase() as keyof typeof unitsOfSize]);
};

export const portError = (issue: { readonly input?: unknown }) => {
  if (issue.input === 0)
    return 'must not be 0: that is "any free port", which nobody could find again; write a range such as {"from": 3000, "to": 3010}';
  if (typeof issue.input === 'string' && /^\d+$/.test(issue.input))
    return `must be a number, not a text: write ${issue.input} (in JavaScript: Number(...))`;
  return `must be a whole number from 1 to 65535, not ${shown(issue.input)}`;
};

export const portNumber = z
  .int({ error: portError })
  .min(1, { error: portError })
  .max(65535, { error: portError });

export const signal = z
  .string({ error: must('the name of a signal, such as "SIGTERM"') })
  .transform((name, context) => {
    const full = name.toUpperCase().startsWith('SIG') ? name.toUpperCase() : `SIG${name.toUpperCase()}`;
    if (full in constants.signals) return full;
    context.addIssue({
      code: 'custom',
      message: `must be the name of a signal, such as "SIGTERM", not "${name}"`,
    });
    return z.NEVER;
  });

const noNul = (value: string) => !value.includes('\0');
const nulMessage = { error: 'must not hold a NUL character' };

export const text = z.string().refine(noNul, nulMessage);

export const filledText = text.refine((value) => value.trim() !== '', { error: 'must not be empty' });

export const oneOrMany = either('a text or a list of texts', [filledText, z.array(filledText)]).transform(
  (value) => (typeof value === 'string' ? [value] : value),
);

const argument = either('a text or a number', [text, z.number().transform(String)]);

/** A text of one form, in the same words as the choice around it. */
export const form = (what: string, pattern: RegExp) => z.string().regex(pattern, { error: must(what) });

/** One line, split at its spaces, or the list itself. */
export const argumentList = either('a text or a list of texts', [text, z.array(argument)]);

/** A shell line, or a program with its arguments. */
export const command = either('a shell line (a text) or a list of texts', [
  filledText,
  z
    .array(argument)
    .min(1, { error: 'must name a program', abort: true })
    .refine(([program = '']) => program.trim() !== '', { error: 'must name a program' }),
]);

const variableName = text.regex(/^[^=\s]+$/u, { error: 'is no name of an environment variable' });

const variable = either('a text, a number, true or false', [
  text,
  z.number().transform(String),
  z.boolean().transform(String),
]).optional();

export const environment = z
  .record(variableName, variable)
  .transform((values) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      ),
    ),
  );

const cronField = /^[\d*,\-/?#LWa-z]+$/i;

export const cron = filledText.refine(
  (line) => {
    const fields = line.trim().split(/\s+/);
    if (/^@(yearly|annually|monthly|weekly|daily|hourly)$/.test(line.trim())) return true;
    return (fields.length === 5 || fields.length === 6) && fields.every((field) => cronField.test(field));
  },
  { error: 'must be a cron line of five fields (or six, with seconds first), such as "0 3 * * *"' },
);
