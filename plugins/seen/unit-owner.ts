import {
  type Discovery,
  type Instance,
  type InstanceKey,
  type Look,
  type ProcessRow,
  type Sighting,
} from 'mpm-io/plugin';

/** What the record tells of an instance that runs: the owner's word. */
export const ownerOf = (key: InstanceKey, look: Look): Sighting | null =>
  look.units.get(key)?.sighting ?? null;

/** Is this the main process of a unit that was recorded under the style? */
export const recognizeUnit = (process: ProcessRow, look: Look, style: string): Discovery | null => {
  for (const [key, { main, record, sighting }] of look.units) {
    if (record.spec.style !== style || main === null || sighting === null) continue;
    if (main.pid !== process.pid || main.start !== process.start) continue;
    return { name: key.slice(key.indexOf('/') + 1, key.lastIndexOf(':')), sighting };
  }
  return null;
};

/** Why nothing of a recorded unit runs; without a record, that there is none. */
export const recordEvidence = ({ key }: Instance, look: Look): string => {
  const view = look.units.get(key);
  if (view === undefined) return `no record of ${key} in ${look.home}`;
  return `the record of ${key} in ${look.home} says ${view.state}${view.reason === null ? '' : `: ${view.reason}`}`;
};

/** What `{name}`, `{instance}`, `{host}`, `{port}` stand for. */
export const fillOf = (
  { server, index }: Instance,
  port: number | null,
): Readonly<Record<string, string>> => ({
  name: server.name,
  instance: String(index),
  host: server.host ?? '127.0.0.1',
  ...(port === null ? {} : { port: String(port) }),
});
