/** `namespace/name`: what an ecosystem file declares once. */
export type ServerKey = string;

/** `namespace/name:index`: one process group of a server. */
export type InstanceKey = string;

export const defaultNamespace = 'default';

export const serverKey = (namespace: string, name: string): ServerKey => `${namespace}/${name}`;

export const instanceKey = (server: ServerKey, index: number): InstanceKey => `${server}:${index}`;

export type KeyParts = { readonly namespace: string; readonly name: string; readonly index: number };

/** A name may hold slashes, a namespace may not; the digits behind the last colon are the instance. */
export const parseInstanceKey = (key: InstanceKey): KeyParts => {
  const slash = key.indexOf('/');
  const colon = key.lastIndexOf(':');
  return {
    namespace: key.slice(0, slash),
    name: key.slice(slash + 1, colon),
    index: Number(key.slice(colon + 1)),
  };
};

export const serverOfInstance = (key: InstanceKey): ServerKey => key.slice(0, key.lastIndexOf(':'));

/** What people read: the namespace `default` is not shown. */
export const displayServer = (key: ServerKey): string =>
  key.startsWith(`${defaultNamespace}/`) ? key.slice(defaultNamespace.length + 1) : key;

/** The instance is shown only where there is more than one, or where it is one too many. */
export const showsIndex = (index: number, instances: number): boolean => instances > 1 || index >= instances;

export const displayInstance = (key: InstanceKey, instances: number): string =>
  displayServer(showsIndex(parseInstanceKey(key).index, instances) ? key : serverOfInstance(key));

/** A part of a key as a file name: percent-encoded, and never `.` or `..`. */
export const encodePart = (part: string): string =>
  encodeURIComponent(part).replace(
    /[.!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
