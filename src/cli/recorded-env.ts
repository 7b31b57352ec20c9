import type { EcosystemDraft } from '../config/ecosystem.js';
import type { ReadRequest } from '../config/read.js';
import { serverOfInstance, type ServerKey } from '../model/key.js';
import type { createRecordReader } from '../units/records.js';

export type RecordReader = ReturnType<typeof createRecordReader>;

export const noNames: ReadonlyMap<ServerKey, string> = new Map();

/** Which `--env NAME` the servers of a file were started with: it holds until another is given. */
export const recordedEnvNames = (file: string, read: RecordReader): ReadonlyMap<ServerKey, string> =>
  new Map(
    read().records.flatMap(({ spec, envName }) =>
      envName === null || spec.declaredIn !== file ? [] : [[serverOfInstance(spec.key), envName] as const],
    ),
  );

/** The same file, each server with the environment that it was started with. */
export const withEnvNames = async (
  plain: EcosystemDraft,
  request: ReadRequest,
  names: ReadonlyMap<ServerKey, string>,
  read: (request: ReadRequest) => Promise<EcosystemDraft>,
): Promise<EcosystemDraft> => {
  const drafts = new Map<string, EcosystemDraft>();
  for (const envName of new Set(names.values())) drafts.set(envName, await read({ ...request, envName }));
  const servers = plain.servers.map((server) => {
    const name = names.get(server.key);
    const draft = name === undefined ? undefined : drafts.get(name);
    return draft?.servers.find(({ key }) => key === server.key) ?? server;
  });
  return { ...plain, servers };
};
