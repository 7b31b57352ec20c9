import type { FileInput } from './schema/file.js';

/** What an ecosystem file holds, as its author writes it. */
export type EcosystemFile = FileInput;

/** What a function in an ecosystem file is called with. */
export type ConfigArguments = { readonly envName: string | null };

/** What an ecosystem file in JavaScript or TypeScript may export. */
export type EcosystemExport =
  EcosystemFile | ((given: ConfigArguments) => EcosystemFile | Promise<EcosystemFile>);

/** Types an ecosystem file in JavaScript or TypeScript; does nothing at run time. */
export const defineConfig = <T extends EcosystemExport>(config: T): T => config;
