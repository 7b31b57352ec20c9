/** The keys of a server under `command-managed`, checked by hand: a Standard Schema is one function. */
const isCommand = (value) =>
  (typeof value === 'string' && value.trim() !== '') ||
  (Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string'));

const isCodes = (value) =>
  Array.isArray(value) && value.every((code) => Number.isInteger(code) && code >= 0 && code < 256);

const isStatusCodes = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([key, codes]) => ['running', 'stopped'].includes(key) && isCodes(codes));

const verbs = ['start', 'stop', 'status'];

/** `stop` is a key of every server, so the commands stand in an object of their own. */
const isCommands = (value) =>
  typeof value === 'object' &&
  value !== null &&
  verbs.every((verb) => value[verb] !== undefined) &&
  Object.entries(value).every(([key, command]) => [...verbs, 'pid'].includes(key) && isCommand(command));

const keys = {
  commands: {
    check: isCommands,
    words:
      'must be {"start", "stop", "status"} and perhaps "pid", each a list of words or a line for the shell',
  },
  statusCodes: { check: isStatusCodes, words: 'must be {"running": [0], "stopped": [3]}' },
  timeout: { check: (value) => Number.isInteger(value) && value > 0, words: 'must be milliseconds' },
};

const validate = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { issues: [{ message: 'must be an object' }] };
  const missing = value.commands === undefined ? [{ message: 'is missing', path: ['commands'] }] : [];
  const wrong = Object.entries(value).flatMap(([key, item]) => {
    if (!Object.hasOwn(keys, key))
      return [{ message: `unknown key (known: ${Object.keys(keys).join(', ')})`, path: [key] }];
    return keys[key].check(item) ? [] : [{ message: keys[key].words, path: [key] }];
  });
  const issues = [...missing, ...wrong];
  return issues.length > 0 ? { issues } : { value };
};

export const serverOptions = { '~standard': { version: 1, vendor: 'command-managed', validate } };
