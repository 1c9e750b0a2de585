// Starts the real server on a free port and a temporary folder, records and finds one memory over HTTP, and ends it as
// an init system would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const answer = z.object({
  data: z.object({ recordMemory: z.object({ position: z.string(), memory: z.object({ id: z.string() }) }) }),
});

const folder = mkdtempSync(join(tmpdir(), 'annals-smoke-'));
// The engines of the tests are not this server's: it is the embedded profile.
const { ELASTICSEARCH_URL: _, EVENTSTORE_URL: __, ...environment } = process.env;
const server = spawn(process.execPath, ['src/main.ts'], {
  env: { ...environment, PORT: '0', ANNALS_DATA: join(folder, 'data') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(server, 'exit');

async function ready(): Promise<string> {
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.startsWith('ready ')) return line.slice('ready '.length);
  }
  throw new Error('the server ended before it was ready');
}

async function ask(url: string, query: string, variables: object): Promise<string> {
  const key = readFileSync(join(folder, 'data', 'default.key'), 'utf8').trim();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'x-annals-agent': 'smoke', 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}

try {
  const url = await ready();
  const recorded = await ask(
    url,
    'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { position memory { id } } }',
    { input: { content: 'The deploy key is rotated every Monday' } },
  );
  const { position, memory } = answer.parse(JSON.parse(recorded)).data.recordMemory;
  const found = await ask(url, 'query ($input: SearchInput!) { search(input: $input) { hits { memory { id } } } }', {
    input: { query: 'when is the key rotated?', minPosition: position },
  });
  if (!found.includes(memory.id)) throw new Error(`what was recorded was not found: ${found}`);
  server.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0) throw new Error(`the server ended with ${code}`);
  console.log('The server starts, records, finds and ends.');
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}
