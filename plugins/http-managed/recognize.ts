import {
  holdersAt,
  identityOf,
  reachableHost,
  related,
  type Discovery,
  type Holder,
  type Host,
  type Identity,
  type Look,
  type ProcessRow,
} from 'mpm-io/plugin';
import { describeProcess } from '../seen/command-line.js';
import { holdingRows, topHolder } from '../seen/holders.js';
import { recognizeUnit } from '../seen/unit-owner.js';
import { longestLook, makeAsk, targetOf, type Ask } from './ask.js';
import { claimsOf, meansEnding, meansWell } from './claims.js';
import { generic } from './dialects.js';
import { judge } from './judge.js';
import { readPath } from './json-path.js';

/** The most sockets that one look asks without anybody having declared them. */
const mostAsked = 200;

/** Does this process answer health on a socket of its own? */
export const recognize = async (process: ProcessRow, look: Look, host: Host): Promise<Discovery | null> => {
  const unit = recognizeUnit(process, look, 'http-managed');
  if (unit !== null) return unit;
  const own = visibleHolders(look).filter(({ pids }) => pids.includes(process.pid));
  const ask = makeAsk(host, look.signal);
  const main = identityOf(look.processes, process);
  const found = await Promise.all(own.map((holder) => askHolder(holder, main, look, host, ask)));
  return found.find((discovery) => discovery !== null) ?? null;
};

/** Everything on this machine that answers health, side by side. */
export const discover = async (look: Look, host: Host): Promise<readonly Discovery[]> => {
  const ask = makeAsk(host, look.signal);
  const found = await Promise.all(
    visibleHolders(look).map(async (holder) => {
      const address = calledAt(holder);
      const top = topHolder(
        look.processes,
        holdingRows(look.processes, holdersAt(look.listeners, holder.port, address)),
      );
      return top === null ? null : askHolder(holder, identityOf(look.processes, top), look, host, ask);
    }),
  );
  return found.filter((discovery) => discovery !== null);
};

/** Loopback and wildcard listeners of processes that this user sees; two families of one port are one where one process has both. */
const visibleHolders = (look: Look): readonly Holder[] => {
  const seen = new Set<string>();
  const ports = [...new Set(look.listeners.rows.map(({ port }) => port))];
  const all = ports.flatMap((port) => look.listeners.holders(port));
  return all
    .filter(({ address, pids, port }) => {
      const id = `${port} ${pids.join()}`;
      if (!isLocal(address) || pids.length === 0 || pids.includes(globalThis.process.pid) || seen.has(id))
        return false;
      seen.add(id);
      return true;
    })
    .slice(0, mostAsked);
};

const isLocal = (address: string): boolean =>
  address === '0.0.0.0' ||
  address === '::' ||
  address === '::1' ||
  address.replace('::ffff:', '').startsWith('127.');

const calledAt = ({ address }: Holder): string =>
  address === '::' ? '127.0.0.1' : reachableHost(address.replace('::ffff:', ''));

const askHolder = async (
  holder: Holder,
  main: Identity,
  look: Look,
  host: Host,
  ask: Ask,
): Promise<Discovery | null> => {
  const { port } = holder;
  const target = targetOf('/health', calledAt(holder), port, null);
  const verdict = judge(await ask(target, longestLook), false);
  if (verdict.kind !== 'health') return null;
  const { json, dialect, status } = verdict;
  const claims = claimsOf(json, dialect, null);
  const agrees = claims.pid === undefined || related(look.processes, claims.pid, main.pid);
  const word = claims.status ?? '';
  const who = describeProcess(
    main.pid,
    host.processes.details(main.pid),
    look.processes.rows.get(main.pid)?.comm ?? '',
  );
  return {
    name: nameOf(readPath(json, 'name'), claims.id, dialect.name, port),
    sighting: {
      role: 'witness',
      manager: null,
      phase: meansEnding(word) ? 'stopping' : 'running',
      ready: status !== 503 && meansWell(word),
      main,
      endpoints: [{ kind: 'tcp', port, host: target.address }],
      proven: dialect !== generic && agrees,
      claims,
      evidence: [
        {
          source: 'health',
          text: `GET ${target.url} answered ${status} as ${dialect.name}, status "${word}"`,
        },
        { source: 'socket', text: `port ${port} is held by ${who}` },
        ...(agrees ? [] : [{ source: 'health', text: `it claims PID ${claims.pid}: not of that tree` }]),
      ],
    },
  };
};

const nameOf = (name: unknown, id: string | undefined, dialect: string, port: number): string => {
  if (typeof name === 'string' && name !== '') return name;
  if (id !== undefined && id !== '') return id;
  return dialect === generic.name ? `http-${port}` : dialect;
};
