import type { EcosystemDraft } from './ecosystem.js';
import type { ReadRequest } from './read-request.js';

/**
 * Loads a file and checks all of it but the keys of styles. Mistakes are collected in the draft, not thrown;
 * `finishEcosystem` throws them together with those that it finds.
 * @throws MpmError CONFIG_NOT_FOUND, CONFIG_FOREIGN_CODE
 */
export const readEcosystem = async (request: ReadRequest): Promise<EcosystemDraft> => {
  const { file } = request;
  if (file === null) return emptyDraft(request.cwd);
  const { readFile } = await import('./read-file.js');
  return readFile({ ...request, file });
};

const emptyDraft = (folder: string): EcosystemDraft => ({
  file: null,
  folder,
  servers: [],
  plugins: [],
  warnings: [],
  keys: [],
  problems: [],
  origins: new Map(),
  broken: [],
  hidesPlugins: false,
});
