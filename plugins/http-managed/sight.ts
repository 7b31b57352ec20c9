import {
  fillText,
  related,
  type Endpoint,
  type Evidence,
  type Expectation,
  type Host,
  type Instance,
  type Look,
  type Probe,
  type Sighting,
} from 'mpm-io/plugin';
import { runsDeclared } from '../seen/command-line.js';
import { fillOf } from '../seen/unit-owner.js';
import { targetOf, type Target } from './ask.js';
import { claimsOf, meansEnding, meansWell } from './claims.js';
import { readPath, readText, unmet, type Json } from './json-path.js';
import { isFine, type Verdict } from './judge.js';
import { findMain, type Found } from './main-process.js';
import { fieldsOf, optionsOf, ownReadyProbe, signatureOf } from './options.js';

/** What one endpoint shows of one instance. */
export type Shown =
  | { readonly kind: 'sighting'; readonly sighting: Sighting }
  | { readonly kind: 'nothing'; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What one port of an instance shows. */
export type Offer = { readonly port: number | null; readonly shown: Shown };

type Facts = {
  readonly instance: Instance;
  readonly target: Target;
  readonly look: Look;
  readonly host: Host;
  readonly owner: Sighting | null;
};

/** From an answer to what it shows of the instance: a sighting only where it is the server, or may well be. */
export const sight = (facts: Facts, verdict: Verdict): Shown => {
  const { target, look, host, owner } = facts;
  if (verdict.kind === 'unknown') return { kind: 'unavailable', reason: `${target.url}: ${verdict.text}` };
  const found = agreeing(findMain(target, look, host, owner?.main ?? null), facts, verdict);
  const byCommand = provedByCommand(facts, found);
  const proven = found.recorded || byCommand !== null;
  const evidence = [...found.evidence, ...(byCommand === null ? [] : [byCommand])];
  switch (verdict.kind) {
    case 'nobody':
      return nobody(facts, verdict.text);
    case 'silent': {
      if (found.main === null && owner === null && !isHeld(facts))
        return {
          kind: 'unavailable',
          reason: `${target.url} gave no answer in time (${verdict.text}), and no listener is visible here`,
        };
      const text = `${target.url} accepts connections and does not answer in time (${verdict.text})`;
      const said = [{ source: 'health', text }, ...evidence];
      return shown(facts, found, { proven, ready: false, unresponsive: true, reason: text, evidence: said });
    }
    case 'other': {
      const late = declaredlyLate(facts, verdict);
      if (late !== undefined && proven) {
        const text = late ?? `${target.url} answered as its ready probe asks`;
        const said = { proven, ready: late === null, evidence: [{ source: 'health', text }, ...evidence] };
        return shown(facts, found, late === null ? said : { ...said, reason: late });
      }
      const text = `${target.url} answers, but not as a health endpoint: ${verdict.text}`;
      const said = [{ source: 'health', text }, ...evidence];
      if (!proven) return { kind: 'nothing', evidence: said };
      return shown(facts, found, { proven, ready: false, reason: text, evidence: said });
    }
    case 'health':
      return healthy(facts, verdict, { ...found, evidence }, proven);
  }
};

const healthy = (
  facts: Facts,
  { json, dialect, status }: Verdict & { kind: 'health' },
  found: Found,
  known: boolean,
): Shown => {
  const { instance, target, look } = facts;
  const { server } = instance;
  const claims = claimsOf(json, dialect, server);
  const fields = fieldsOf(dialect.fields, server);
  const wanted = signatureOf(server, fillOf(instance, target.port ?? instance.port), fields.id);
  const forced = optionsOf(server).dialect;
  const miss =
    unmet(json, wanted) ??
    (forced !== undefined && forced !== dialect.name ? `it speaks ${dialect.name}, not ${forced}` : null);
  const said = `GET ${target.url} answered ${status} as ${dialect.name}: ${summary(json, fields)}`;
  const evidence: Evidence[] = [{ source: 'health', text: said }, ...found.evidence];
  if (claims.badPid !== undefined)
    evidence.push({ source: 'health', text: `the PID it claims is not believed: ${claims.badPid}` });
  else if (
    claims.pid !== undefined &&
    found.main !== null &&
    !related(look.processes, claims.pid, found.main.pid)
  )
    evidence.push({
      source: 'health',
      text: `it claims PID ${claims.pid}, and the socket is held by PID ${found.main.pid}: not one tree`,
    });
  if (miss !== null) {
    const text = `${target.url} is another server: ${miss}`;
    const all = [...evidence, { source: 'health', text }];
    if (!found.recorded) return { kind: 'nothing', evidence: all };
    return shown(facts, found, { proven: true, ready: false, reason: text, evidence: all, claims });
  }
  const named = dialect.name === 'mpm-io' && readPath(json, 'name') === server.name;
  if (named) evidence.push({ source: 'health', text: `it says that it is ${server.name}, run by mpm-io` });
  const word = readText(json, fields.status);
  const late = status === 503 ? 'it answered 503' : unmet(json, expectedAt(facts));
  const unready = late ?? (word === undefined || meansWell(word) ? null : `its status is "${word}"`);
  return shown(facts, found, {
    proven: known || named || wanted.length > 0 || forced !== undefined,
    ready: unready === null,
    ...(unready === null ? {} : { reason: unready }),
    ending: word !== undefined && meansEnding(word),
    evidence,
    claims,
  });
};

/** No health answer, and none is needed where the server's own ready probe is asked. `undefined`: it is not. */
const declaredlyLate = (
  facts: Facts,
  { answer, text }: Verdict & { kind: 'other' },
): string | null | undefined => {
  const { instance, target } = facts;
  const ready = ownReadyProbe(instance.server);
  if (ready === null || !isAskedBy(ready, facts)) return undefined;
  if (answer === undefined || !isFine(answer.status)) return `${target.url}: ${text}`;
  const miss = unmet(answer.json, ready.expect ?? []);
  return miss === null ? null : `${target.url}: ${miss}`;
};

/** What the answer must say for the server to be ready, as the probes that ask there declare. */
const expectedAt = (facts: Facts): readonly Expectation[] => {
  const { ready, health } = facts.instance.server;
  return [ready.probe, health?.probe ?? null].flatMap((probe) =>
    probe?.kind === 'http' && isAskedBy(probe, facts) ? (probe.expect ?? []) : [],
  );
};

const isAskedBy = ({ url }: Extract<Probe, { kind: 'http' }>, { instance, target }: Facts): boolean => {
  const { address, port, socketPath } = target;
  const fill = { ...fillOf(instance, port), host: address };
  return targetOf(fillText(url, fill), address, port, socketPath).url === target.url;
};

type Said = Pick<Sighting, 'proven' | 'ready' | 'evidence'> &
  Partial<Pick<Sighting, 'reason' | 'claims' | 'unresponsive'>> & { readonly ending?: boolean };

const shown = ({ target, instance }: Facts, { main }: Found, { ending, ...said }: Said): Shown => ({
  kind: 'sighting',
  sighting: {
    role: 'witness',
    manager: null,
    phase: ending === true ? 'stopping' : 'running',
    main,
    endpoints: endpointsOf(target, instance),
    ...said,
  },
});

/** The holder cannot be seen, but the answer claims to be of the recorded tree: then it is the recorded process. */
const agreeing = (found: Found, { instance, look, owner }: Facts, verdict: Verdict): Found => {
  const recorded = owner?.main ?? null;
  if (found.main !== null || recorded === null || verdict.kind !== 'health') return found;
  const { pid } = claimsOf(verdict.json, verdict.dialect, instance.server);
  if (pid === undefined || !related(look.processes, pid, recorded.pid)) return found;
  const text = `it claims PID ${pid}, which is of the recorded process ${recorded.pid}`;
  return { main: recorded, recorded: true, evidence: [...found.evidence, { source: 'health', text }] };
};

/** Nobody listens: absent, unless the record says that its process lives. */
const nobody = (facts: Facts, text: string): Shown => {
  const { target, owner } = facts;
  const evidence = [{ source: 'socket', text: `nobody answers at ${target.url}: ${text}` }];
  const main = owner?.main ?? null;
  if (main === null) return { kind: 'nothing', evidence };
  const found: Found = { main, recorded: true, evidence };
  return shown(facts, found, { proven: true, ready: false, reason: evidence[0]?.text ?? text, evidence });
};

const isHeld = ({ target, look }: Facts): boolean =>
  target.port !== null && look.listeners.rows.some(({ port }) => port === target.port);

const endpointsOf = ({ port }: Target, { endpoints, server }: Instance): readonly Endpoint[] =>
  port === null || endpoints.some((endpoint) => endpoint.kind === 'tcp' && endpoint.port === port)
    ? endpoints
    : [{ kind: 'tcp', port, host: server.host }];

const provedByCommand = (
  { instance, target, host }: Facts,
  { main, details: read }: Found,
): Evidence | null => {
  const details = main === null ? null : (read ?? host.processes.details(main.pid));
  if (main === null || details === null) return null;
  if (!runsDeclared(details, instance.server, fillOf(instance, target.port ?? instance.port), host.user.uid))
    return null;
  return { source: 'process', text: `PID ${main.pid} runs what is declared: ${details.argv.join(' ')}` };
};

const summary = (json: Json, fields: ReturnType<typeof fieldsOf>): string =>
  [fields.status, fields.id, fields.pid, fields.version]
    .map((path) => [path, readPath(json, path)] as const)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([path, value]) => `${path} ${JSON.stringify(value)?.slice(0, 80)}`)
    .join(', ');
