import assert from 'node:assert/strict';
import type { Detection, Discovery, Evidence, Sighting } from '../../model/sighting.js';

/** At least one sentence, with its source. */
const expectEvidence = (evidence: readonly Evidence[], what: string): void => {
  assert.ok(evidence.length > 0, `${what} has no evidence`);
  for (const { source, text } of evidence) {
    assert.ok(typeof source === 'string' && source !== '', `${what} has evidence without a source`);
    assert.ok(typeof text === 'string' && text.trim() !== '', `${what} has evidence without a text`);
  }
};

const expectSighting = (sighting: Sighting): void => {
  assert.ok(
    sighting.role === 'owner' || sighting.role === 'witness',
    `a sighting has the role ${String(sighting.role)}`,
  );
  if (sighting.role === 'owner') assert.ok(sighting.manager, 'an owner does not name its manager');
  assert.ok(sighting.ready === null || typeof sighting.ready === 'boolean', 'ready is true, false or null');
  assert.ok(Array.isArray(sighting.endpoints), 'a sighting has no list of endpoints');
  expectEvidence(sighting.evidence, 'a sighting');
  expectPlain(sighting, 'a sighting');
};

export const expectDetection = (detection: Detection | undefined): Detection => {
  assert.ok(detection, 'an instance got no answer');
  switch (detection.seen) {
    case 'running':
      assert.ok(detection.sightings.length > 0, 'running without a sighting');
      detection.sightings.forEach(expectSighting);
      return detection;
    case 'absent':
      expectEvidence(detection.evidence, 'absent');
      return detection;
    case 'unavailable':
      assert.ok(detection.reason.trim() !== '', 'unavailable without a reason');
      return detection;
    default:
      throw new assert.AssertionError({
        message: `detect answered ${String((detection as { seen: unknown }).seen)}`,
      });
  }
};

export const expectDiscovery = ({ name, sighting }: Discovery): void => {
  assert.ok(typeof name === 'string' && name !== '', 'a discovery has no name');
  expectSighting(sighting);
};

/** It goes over a wire and into a file: what is not JSON would be lost. */
export const expectPlain = (value: unknown, what: string): void => {
  assert.deepEqual(JSON.parse(JSON.stringify(value)), value, `${what} is not plain JSON`);
};

export const expectNothing = (changes: readonly string[], what: string): void => {
  assert.deepEqual(changes, [], `${what} changed something`);
};

/** Rejects when the promise takes longer: by the real clock, as the engine's deadline does. */
export const within = async <T>(promise: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `${what} took over ${ms} ms` })),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
