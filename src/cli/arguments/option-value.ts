import { suggest } from '../../model/suggest.js';
import type { OptionSpec, OptionValue, UsageProblem } from './spec.js';

/** The value of an option from its text, or what is wrong with it. Both readers use it. */
export const readValue = (option: OptionSpec, text: string): OptionValue | UsageProblem => {
  switch (option.type) {
    case 'boolean':
      return readBoolean(option, text);
    case 'number':
      return readNumber(option, text);
    case 'list':
      return readList(option, text);
    case 'string':
      return text === '' ? problem(`--${option.name} needs a value.`) : (valueProblem(option, text) ?? text);
  }
};

export const isProblem = (value: OptionValue | UsageProblem): value is UsageProblem =>
  typeof value === 'object' && 'message' in value;

export const problem = (message: string, suggestion: string | null = null): UsageProblem => ({
  message,
  suggestion,
});

const readBoolean = (option: OptionSpec, text: string): OptionValue | UsageProblem => {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return problem(`--${option.name} takes no value, but has "${text}".`);
};

const readNumber = (option: OptionSpec, text: string): OptionValue | UsageProblem =>
  /^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : problem(`--${option.name} needs a number, but has "${text}".`);

const readList = (option: OptionSpec, text: string): OptionValue | UsageProblem => {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) return problem(`--${option.name} needs a value.`);
  for (const item of items) {
    const wrong = valueProblem(option, item);
    if (wrong !== null) return wrong;
  }
  return items;
};

const valueProblem = ({ name, values }: OptionSpec, text: string): UsageProblem | null =>
  values === undefined || values.includes(text)
    ? null
    : problem(`--${name} takes ${values.join(', ')}, not "${text}".`, suggest(text, values));
