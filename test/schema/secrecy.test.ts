import { expect, test } from 'vitest';
import { openOnFiles } from './on-files.ts';
import { expectNoTrace } from './secrecy.ts';
import { openWorld } from './world.ts';

const CASES = Number(process.env.ANNALS_SECRECY_CASES ?? 10_000);
/** Of these so many on files, where a world takes longer to open. */
const ON_FILES = Math.max(CASES / 10, 2_000);

const number = (count: number) => count.toLocaleString('en');

test(`nobody can tell from ${number(CASES)} answers that there is what they may not read`, async () => {
  const { runs, handoffs } = await expectNoTrace(() => openWorld(), CASES);
  // They are rarely asked for with something to show.
  if (CASES >= 10_000) expect(Math.min(runs, handoffs)).toBeGreaterThan(0);
}, 600_000);

test(`nor from ${number(ON_FILES)} of the embedded profile`, async () => {
  await expectNoTrace(openOnFiles, ON_FILES);
}, 600_000);
