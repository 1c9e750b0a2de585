// The Elasticsearch of the tests: the one at ELASTICSEARCH_URL, or none, and then what needs it is skipped. Each test has
// index names of its own on it, and takes them away in the end.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

export const elasticsearchUrl = process.env.ELASTICSEARCH_URL || undefined;

export const randomPrefix = (): string => `annals${randomBytes(6).toString('hex')}`;

/** Removes all indices whose names begin with the prefix, and their aliases with them. */
export async function removeIndices(prefix: string): Promise<void> {
  const rows = z.array(z.object({ index: z.string() }));
  const found = await fetch(`${elasticsearchUrl}/_cat/indices/${prefix}-*?format=json&h=index&expand_wildcards=all`);
  const names = rows.parse(await found.json()).map(({ index }) => index);
  if (names.length > 0) await fetch(`${elasticsearchUrl}/${names.join(',')}`, { method: 'DELETE' });
}

const run = promisify(execFile);
const script = fileURLToPath(new URL('./server.sh', import.meta.url));

/** A node of the test's own, to be killed. Only where ELASTICSEARCH_URL is set: then the machine can have one. */
export async function startOwnNode(port: number) {
  const call = (command: string, ...more: string[]) => run(script, [command, '--port', String(port), ...more]);
  const start = async (...more: string[]) => (await call('start', '--heap', '512m', ...more)).stdout.trim();
  const url = await start('--fresh');
  return {
    url,
    /** With the data that it had. */
    start: () => start(),
    kill: () => call('kill9'),
    /** Its data go too. */
    stop: () => call('stop', '--fresh'),
  };
}
