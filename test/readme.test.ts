// The README is run: each `sh` block that a `json` block follows, in one shell, against a real server with the built-in
// embedder. What it shows is what comes back; numbers to two decimals.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ServerProcess, startServer } from '../bench/support/server-process.ts';

const readme = readFileSync('README.md', 'utf8');
const shown = [...readme.matchAll(/```sh\n([^`]*)```\n```json\n([^`]*)```/g)].map(([, command = '', json = '']) => ({
  title: /^.*\bask (?:--as|').*/m.exec(command)?.[0],
  command,
  json,
}));

let server: ServerProcess;
let shell: ChildProcessWithoutNullStreams;

beforeAll(async () => {
  server = await startServer();
  shell = spawn('bash', [], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ANNALS_URL: server.url, ANNALS_DATA: server.folder },
  });
  shell.stdout.setEncoding('utf8');
});

afterAll(async () => {
  shell.kill();
  await server.stop();
});

/** What the command prints, on either stream. */
async function run(command: string): Promise<string> {
  const END = '--- end of the answer ---';
  let output = '';
  const answered = new Promise<void>((resolve) => {
    shell.stdout.on('data', (text: string) => {
      output += text;
      if (output.includes(END)) resolve();
    });
  });
  shell.stdin.write(`{ ${command.trim()}\n} 2>&1; echo '${END}'\n`);
  await answered;
  shell.stdout.removeAllListeners('data');
  return output.slice(0, output.indexOf(END));
}

/** One or several JSON values, one after the other, each beginning with a brace at the line's start. */
const valuesOf = (text: string): unknown[] =>
  text
    .split(/^(?=\{)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part, (_, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)));

/** Nobody pastes faster than a memory is found; a test does. */
const settled = () =>
  vi.waitFor(async () => {
    expect(await server.metric('annals_projection_lag_events')).toBe(0);
    expect(await server.metric('annals_embeddings_waiting')).toBe(0);
  }, 20_000);

test('the README shows a first session', () => {
  expect(shown.length).toBeGreaterThan(9);
});

test.each(shown)('$title', async ({ command, json }) => {
  await settled();
  expect(valuesOf(await run(command))).toEqual(valuesOf(json));
});
