import type { InstanceReport, StatusReport } from '../engine/report.js';

/** An error finding, or a server wanted up that is not online. Never started, or stopped on purpose, is no trouble. */
export const hasTrouble = ({ servers, findings }: Pick<StatusReport, 'servers' | 'findings'>): boolean =>
  findings.some(({ severity }) => severity === 'error') || servers.some(isDown);

const isDown = ({ desired, state }: InstanceReport): boolean =>
  desired === 'up' && state !== 'online' && state !== 'done';
