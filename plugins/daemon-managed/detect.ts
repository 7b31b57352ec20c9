import {
  holdersAt,
  identityOf,
  isStopped,
  type Claims,
  type Detection,
  type Detections,
  type Evidence,
  type Host,
  type Instance,
  type Look,
  type PidFileFact,
  type ProcessRow,
  type Sighting,
} from 'mpm-io/plugin';
import { describeProcess } from '../seen/command-line.js';
import { callAddress, holdingRows, topHolder } from '../seen/holders.js';
import { fillOf, ownerOf, recordEvidence } from '../seen/unit-owner.js';
import { corroborate, type Proof } from './corroborate.js';
import { judgeFile, type JudgedFile } from './judge-file.js';
import { placesOf } from './places.js';

export const detect = async (instances: readonly Instance[], look: Look, host: Host): Promise<Detections> =>
  new Map(instances.map((instance) => [instance.key, detectOne(instance, look, host)]));

const detectOne = (instance: Instance, look: Look, host: Host): Detection => {
  try {
    if (look.signal.aborted) return { seen: 'unavailable', reason: 'the look was called off' };
    const owner = ownerOf(instance.key, look);
    const witness = lookAt(instance, look, host);
    if (owner !== null)
      return {
        seen: 'running',
        sightings:
          witness.kind === 'sighting' ? [owner, witness.sighting] : [withFile(owner, witness.pidFiles)],
      };
    if (witness.kind === 'sighting') return { seen: 'running', sightings: [witness.sighting] };
    const blind = witness.pidFiles.find(({ verdict }) => verdict === 'unreadable');
    if (blind !== undefined)
      return { seen: 'unavailable', reason: `the PID file cannot be read: ${blind.text}` };
    const record = { source: 'record', text: recordEvidence(instance, look) };
    return { seen: 'absent', evidence: [...witness.evidence, record], pidFiles: witness.pidFiles };
  } catch (error) {
    return { seen: 'unavailable', reason: `the PID files or processes cannot be read: ${String(error)}` };
  }
};

/** Its record shows it; its PID file does not, and is told all the same. */
const withFile = (owner: Sighting, [pidFile]: readonly PidFileFact[]): Sighting =>
  pidFile === undefined ? owner : { ...owner, pidFile };

/** What its PID files and, failing them, its port show of the instance. */
export type Shown =
  | { readonly kind: 'sighting'; readonly sighting: Sighting }
  | {
      readonly kind: 'nothing';
      readonly evidence: readonly Evidence[];
      readonly pidFiles: readonly PidFileFact[];
    };

export const lookAt = (instance: Instance, look: Look, host: Host): Shown => {
  const places = placesOf(instance.server, fillOf(instance, instance.port), host.user.home);
  const files = places.map((path) => judgeOne(path, instance, look, host));
  const evidence = files.flatMap(({ said }) => said);
  const pidFiles = files.map(({ file }) => file.fact);
  const live = files.find(({ file, proof }) => file.row !== null && proof?.proven === true);
  const row = live?.file.row ?? null;
  if (live !== undefined && row !== null && live.proof !== null) {
    const others = files.filter((item) => item !== live && item.file.fact.verdict !== 'missing');
    const said = [...live.said, ...others.flatMap((item) => item.said)];
    return sighted(instance, look, row, live.proof, live.file, said);
  }
  return byPort(instance, look, host, pidFiles, evidence) ?? { kind: 'nothing', evidence, pidFiles };
};

type Judged = { readonly file: JudgedFile; readonly proof: Proof | null; readonly said: readonly Evidence[] };

/** A file that names a live process which does not show itself to be the server is foreign: it is never believed. */
const judgeOne = (path: string, instance: Instance, look: Look, host: Host): Judged => {
  const file = judgeFile(path, look.processes, host);
  const proof = file.row === null ? null : corroborate(file.row, instance, look, host);
  if (proof === null || proof.proven) {
    return { file, proof, said: [{ source: 'pid-file', text: file.fact.text }, ...(proof?.evidence ?? [])] };
  }
  const text = `${file.fact.text}, which is not shown to be ${instance.server.name}`;
  const fact: PidFileFact = { ...file.fact, verdict: 'foreign', text };
  return { file: { ...file, fact }, proof, said: [{ source: 'pid-file', text }, ...proof.evidence] };
};

/**
 * The file is lost or wrong, and the declared port is held by a process that runs what is declared: it may well be the
 * server, and proves it by our record alone. A command line says no more than that somebody runs the same program.
 */
const byPort = (
  instance: Instance,
  look: Look,
  host: Host,
  pidFiles: readonly PidFileFact[],
  before: readonly Evidence[],
): Shown | null => {
  const { port, server } = instance;
  if (port === null) return null;
  const holders = holdersAt(look.listeners, port, callAddress(look.listeners, port, server.host));
  const top = topHolder(look.processes, holdingRows(look.processes, holders));
  if (top === null) return null;
  const proof = corroborate(top, instance, look, host);
  const who = describeProcess(top.pid, host.processes.details(top.pid), top.comm);
  const held = {
    source: 'socket',
    text: `port ${port} is held by ${who}, which no PID file of the server names`,
  };
  const byCommand = proof.proven && proof.evidence.some(({ source }) => source !== 'socket');
  if (!byCommand) return { kind: 'nothing', evidence: [...before, held], pidFiles };
  const [first] = pidFiles;
  const file: JudgedFile | null = first === undefined ? null : { fact: first, row: null, text: null };
  return sighted(instance, look, top, { ...proof, proven: proof.recorded }, file, [
    held,
    ...proof.evidence,
    ...before,
  ]);
};

const sighted = (
  { server, port, endpoints }: Instance,
  look: Look,
  row: ProcessRow,
  { listens, proven }: Proof,
  file: JudgedFile | null,
  evidence: readonly Evidence[],
): Shown => {
  const frozen = isStopped(row);
  const reason = frozen
    ? `PID ${row.pid} is stopped by a signal or a debugger (state ${row.state})`
    : listens === false
      ? `${server.name} runs as PID ${row.pid}, but does not hold port ${port}`
      : null;
  return {
    kind: 'sighting',
    sighting: {
      role: 'witness',
      manager: null,
      phase: 'running',
      ready: frozen ? false : listens,
      ...(frozen ? { unresponsive: true } : {}),
      main: identityOf(look.processes, row),
      endpoints,
      proven,
      ...claimsOf(file),
      ...(file === null ? {} : { pidFile: file.fact }),
      ...(reason === null ? {} : { reason }),
      evidence: [...evidence, ...(frozen && reason !== null ? [{ source: 'process', text: reason }] : [])],
    },
  };
};

const claimsOf = (file: JudgedFile | null): { readonly claims?: Claims } => {
  const text = file?.text ?? null;
  if (text === null) return {};
  const { pid, id, version } = text;
  return { claims: { pid, ...(id === null ? {} : { id }), ...(version === null ? {} : { version }) } };
};
