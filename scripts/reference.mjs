/** The reference page of the ecosystem file, from its JSON schema. */
export const referenceOf = (schema) => {
  const { servers, apps, ...top } = schema.properties;
  return (
    [
      intro,
      '## The file',
      table({ ...top, servers: { ...servers, shown: 'list' }, apps: { ...apps, shown: 'list' } }),
      shapes,
      '## A server (`servers`)',
      serverNotes,
      table(servers.items.properties),
      ...blocksOf(servers.items.properties),
      '## An app of pm2 (`apps`)',
      appNotes,
      table(appOf(apps).properties),
    ].join('\n\n') + '\n'
  );
};

const intro = `# The ecosystem file

<!-- Written by scripts/schema.mjs from the schema in src/config/schema. Change that, not this. -->

It says which servers there are. \`mpm-io config init\` writes a first one, \`mpm-io config check\` tells of each key
whether it is honoured, and \`mpm-io config show\` prints what was understood.

**Where it is found.** In the current folder, else in one above it, up to the one that holds \`.git\`, or your home:
\`ecosystem.config.{js,cjs,mjs,ts,json,yaml,yml}\`, \`ecosystem.{json,yaml,yml}\`, \`mpm-io.config.*\`, the key \`mpm-io\` of
\`package.json\`. Any other file is named: \`--config FILE\`. A program (JS, TS) that was found and that neither you nor
root own is not run; one that you name is.

**Values.** Durations are milliseconds or \`"500ms"\`, \`"10s"\`, \`"5m"\`, \`"1h"\`. Sizes are bytes or \`"100K"\`, \`"50M"\`,
\`"1G"\` (of 1024). Relative paths start at the file's folder; a leading \`~/\` is your home. JSON may hold comments,
trailing commas, keys without quotes and single quotes. Every mistake is told at once, with file, path and line, and
nothing is half applied. A key that stands twice in one object is a mistake too; in an app of pm2 the last one counts,
with a warning.`;

const shapes = `JavaScript and TypeScript may export the object (\`module.exports\`, \`export default\`, or named exports), or a
function, async too, that returns it; the function gets \`{envName}\`. It has 10 seconds. A bare list is read as \`apps\`, and
so is a bare object with a \`script\`. Keys that start with \`x-\` are yours, at the top of the file.`;

const serverNotes = `Only \`name\` is needed; a server with neither \`script\` nor \`command\` is observed and stopped, never started.
Keys that are not in this table belong to the server's style; one that nobody knows is an error. Blocks have their own
tables below. \`{port}\`, \`{host}\`, \`{name}\` and \`{instance}\` in commands, probes and paths are filled in.
A relative \`script\` is looked for beside the file, then in \`cwd\`.`;

const appNotes = `Files of pm2 load as they are: every alias and every camelCase spelling, numbers as texts, \`env_NAME\` blocks. pm2's
defaults hold. Keys that are unknown or cannot be honoured are warnings. Paths start at \`cwd\`, and that at the file.`;

const appOf = (apps) => apps.anyOf.flatMap((each) => each.items ?? [])[0];

const table = (properties) =>
  ['| key | value | default | meaning |', '| --- | --- | --- | --- |']
    .concat(
      Object.entries(properties)
        .filter(([, property]) => property.description !== undefined)
        .map(
          ([key, property]) =>
            `| \`${key}\` | ${cell(kindOf(property))} | ${defaultOf(property)} | ${cell(property.description)} |`,
        ),
    )
    .join('\n');

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const defaultOf = ({ default: value }) =>
  value === undefined || isEmpty(value) ? '' : `\`${cell(JSON.stringify(value))}\``;

const isEmpty = (value) => typeof value === 'object' && Object.keys(value).length === 0;

/** What may be written, in short. */
const kindOf = (property) => {
  if (property.shown !== undefined) return property.shown;
  if (Array.isArray(property.type)) return property.type.map((type) => kindOf({ type })).join(' or ');
  if (isSwitch(property)) return '`true`, `false`';
  if (property.const !== undefined) return `\`${JSON.stringify(property.const)}\``;
  if (property.enum !== undefined) return property.enum.map((value) => `\`${value}\``).join(', ');
  if (property.anyOf !== undefined) return [...new Set(property.anyOf.map(kindOf))].join(' or ');
  if (property.pattern?.includes('ms|s|m|h') === true) return 'duration';
  if (property.pattern?.includes('[KMGT]') === true) return 'size';
  if (property.type === 'array')
    return property.items === undefined ? 'list' : `list of ${kindOf(property.items)}`;
  if (property.type === 'object') return property.properties === undefined ? 'object' : 'block';
  return (
    { string: 'text', integer: 'number', number: 'number', boolean: '`true`, `false`' }[property.type] ??
    'any'
  );
};

/** A table for each block of a server. */
const blocksOf = (properties) =>
  Object.entries(properties).flatMap(([key, property]) => {
    const block = objectIn(property);
    if (block === undefined) return [];
    const inner = Object.entries(block.properties).flatMap(([name, value]) => {
      const nested = objectIn(value);
      return nested === undefined || key === 'waitFor'
        ? []
        : [`#### \`${key}.${name}\``, table(nested.properties)];
    });
    const lines = table(block.properties);
    return lines.split('\n').length === 2
      ? []
      : [
          `### \`${key}\``,
          lines,
          ...inner.filter((_, at) => inner[at - (at % 2) + 1].split('\n').length > 2),
        ];
  });

const objectIn = (property) => {
  if (property.properties !== undefined) return property;
  return (
    property.anyOf?.map(objectIn).find((each) => each !== undefined) ??
    (property.items === undefined ? undefined : objectIn(property.items))
  );
};

/** pm2 takes `"true"` and 1 for true; nobody has to read that in each line. */
const isSwitch = ({ anyOf = [] }) =>
  anyOf.some(({ type }) => type === 'boolean') && anyOf.some(({ enum: words = [] }) => words.includes('1'));
