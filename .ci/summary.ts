// The last line of a run, from vitest's JSON report. A test that was skipped is a failure here: what it needs was started.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  success: z.boolean(),
});

const [file = 'no file named'] = process.argv.slice(2);
const result = report.parse(JSON.parse(readFileSync(file, 'utf8')));
const skipped = result.numPendingTests + result.numTodoTests;
// A file that could not even be loaded has no tests to fail: it counts as one.
const failed = result.success ? 0 : Math.max(result.numFailedTests, 1);
console.log(`${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed + skipped > 0 ? 1 : 0;
