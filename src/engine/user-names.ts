import type { Host } from '../host/host.js';

export type UserNames = (uid: number) => string;

/** User names by number, from the system's own list; a number without a name stays a number. */
export const readUserNames = (host: Host): UserNames => {
  let names: Map<number, string> | undefined;
  return (uid) => {
    names ??= new Map(
      (host.files.readText('/etc/passwd') ?? '').split('\n').flatMap((line) => {
        const [name, , number] = line.split(':');
        return name === undefined || number === undefined ? [] : [[Number(number), name] as const];
      }),
    );
    return names.get(uid) ?? String(uid);
  };
};
