import type { StreamWrite } from '../../src/log/event-log.ts';

export type Run = { rate: number; latencies: number[] };

/** Each writer appends its next event when its last was acknowledged. Appends a second, and milliseconds of each. */
export async function appendAll(
  writes: readonly StreamWrite[],
  writers: number,
  append: (write: StreamWrite) => Promise<unknown>,
): Promise<Run> {
  const latencies: number[] = [];
  const work = writes.values();
  const begun = performance.now();
  const writer = async () => {
    for (const write of work) {
      const asked = performance.now();
      await append(write);
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return { rate: (writes.length * 1000) / (performance.now() - begun), latencies };
}
