import type { InstanceReport } from '../../engine/report.js';
import { formatDuration, formatSize } from '../../model/duration.js';
import type { Finding } from '../../model/finding.js';
import type { Claims } from '../../model/sighting.js';
import { formatAddress, reachableHost } from '../../model/socket.js';
import type { Endpoint } from '../../model/socket.js';
import { sanitise } from '../../model/text.js';
import type { InfoLine } from '../../plugin/contract.js';
import { fieldLines } from './fields.js';
import type { Field } from './fields.js';
import { findingParagraph } from './findings.js';
import { instanceName, ownerText } from './status-table.js';
import { stateSign } from './symbols.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';

/** Everything that is known of one instance, what its style adds, and what is wrong with it. Ends with a newline. */
export const infoText = (
  report: InstanceReport,
  lines: readonly InfoLine[],
  findings: readonly Finding[],
  terminal: Terminal,
): string => {
  const paint = painter(terminal);
  const { symbol, colour } = stateSign(report.state, terminal);
  const core = coreFields(report);
  const styleFields = lines
    .map(({ label, value }): Field => [sanitise(label), sanitise(value)])
    .filter(([label], index, all) => [...core, ...all.slice(0, index)].every(([other]) => other !== label));
  const evidence = report.evidence.map(({ source, text }): Field => [sanitise(source), sanitise(text)]);
  return `${[
    `${paint('bold', instanceName(report))}  ${paint(colour, `${symbol} ${report.state}`)}`,
    ...fieldLines([...core, ...styleFields], terminal),
    ...(evidence.length === 0 ? [] : ['', paint('bold', 'Evidence'), ...fieldLines(evidence, terminal)]),
    ...findings.flatMap((finding) => ['', ...findingParagraph(finding, terminal)]),
  ].join('\n')}\n`;
};

const coreFields = (report: InstanceReport): readonly Field[] => {
  const { ready, owner, claims } = report;
  const rows: readonly (readonly [string, string | null])[] = [
    ['why', report.reason],
    ['ready', ready === null ? null : ready ? 'yes' : 'no'],
    ['wanted', report.desired],
    ['id', text(report.id)],
    ['style', report.style],
    ['pid', text(report.pid)],
    ['url', report.url],
    ['listens on', report.endpoints.length === 0 ? null : report.endpoints.map(endpointText).join(', ')],
    ['uptime', report.uptimeMs === null ? null : formatDuration(report.uptimeMs)],
    ['restarts', String(report.restarts)],
    ['memory', report.memory === null ? null : formatSize(report.memory)],
    ['cpu', report.cpu === null ? null : `${report.cpu.toFixed(1)} %`],
    ['owner', owner === null ? null : `${owner.manager}${owner.pid === null ? '' : ` (pid ${owner.pid})`}`],
    ['origin', owner === null ? ownerText(report) : report.origin],
    ['declared in', report.undeclared ? 'no file any more' : report.declaredIn],
    ['says of itself', claims === null ? null : claimsText(claims)],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [[label, sanitise(value)] as const]));
};

const text = (value: number | null): string | null => (value === null ? null : String(value));

/** `127.0.0.1:3000`, or the path of a unix socket. */
const endpointText = (endpoint: Endpoint): string =>
  endpoint.kind === 'unix'
    ? endpoint.path
    : formatAddress(endpoint.host ?? reachableHost(null), endpoint.port);

const claimsText = (claims: Claims): string | null => {
  const parts = [
    claims.id === undefined ? null : `id ${claims.id}`,
    claims.version === undefined ? null : `version ${claims.version}`,
    claims.status === undefined ? null : `status ${claims.status}`,
    claims.pid === undefined ? null : `pid ${claims.pid}`,
    claims.badPid === undefined ? null : `an impossible pid (${claims.badPid})`,
    claims.uptimeMs === undefined ? null : `up ${formatDuration(claims.uptimeMs)}`,
    claims.clients === undefined ? null : `${claims.clients} clients`,
    claims.dialect === undefined ? null : `as ${claims.dialect}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
};
