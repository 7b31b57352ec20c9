import { type Context, type Host, type InfoLine, type Instance, type Sighting } from 'mpm-io/plugin';
import { holdsPort } from './corroborate.js';
import { judgeFile } from './judge-file.js';
import { placesOf } from './places.js';
import { fillOf } from '../seen/unit-owner.js';

/** Its PID files with what each is worth, and its port. */
export const info = async (
  instance: Instance,
  { main }: Sighting,
  { look }: Context,
  host: Host,
): Promise<readonly InfoLine[]> => {
  const { server, port } = instance;
  const files = placesOf(server, fillOf(instance, port), host.user.home).map((path) => {
    const { fact } = judgeFile(path, look.processes, host);
    return { label: 'pid file', value: `${path} (${fact.verdict})`, raw: fact };
  });
  const row = main === null ? undefined : look.processes.rows.get(main.pid);
  const listens = port === null || row === undefined ? null : holdsPort(row, port, server.host, look);
  return [
    ...files,
    ...(listens === null
      ? []
      : [{ label: 'listening', value: `${listens ? 'yes' : 'no'}, port ${port}`, raw: listens }]),
  ];
};
