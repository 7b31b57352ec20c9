type Path = readonly PropertyKey[];

type Level = { readonly keys: Set<string> | null; step: PropertyKey };

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * The keys that stand twice in one object. Only of JSON that has been parsed: this looks at nothing but its strings and
 * brackets, which is a fraction of what a parser with positions would cost every command.
 */
export const keysTwice = (json: string): readonly Path[] => {
  const found: Path[] = [];
  const levels: Level[] = [];
  let last = '';
  for (const [token] of json.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ keys: new Set(), step: '' });
    else if (token === '[') levels.push({ keys: null, step: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (level !== undefined && typeof level.step === 'number') level.step += 1;
    } else if (token !== ':') last = token;
    else if (level !== undefined && level.keys !== null) {
      const key = last.includes('\\') ? String(JSON.parse(last)) : last.slice(1, -1);
      level.step = key;
      if (level.keys.has(key)) found.push(levels.map(({ step }) => step));
      level.keys.add(key);
    }
  }
  return found;
};
