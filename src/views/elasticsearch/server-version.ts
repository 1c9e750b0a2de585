// An Elasticsearch that is too old is told as such, rather than by what it does not take.
import { z } from 'zod';
import { failure } from '../../domain/failure.ts';
import { type Elastic, Refused } from './client.ts';

/** The first that takes vectors in base64: https://github.com/elastic/elasticsearch/pull/137072. Major and minor. */
const OLDEST = [9, 3] as const;

const nodes = z.object({ nodes: z.record(z.string(), z.object({ version: z.string() })) });

/** Fails with UNAVAILABLE when any node is older. Whoever may not ask, or asks what has no nodes to tell of, is let through. */
export async function checkVersion(elastic: Elastic): Promise<void> {
  const old = (await versions(elastic)).find(isTooOld);
  if (old !== undefined)
    throw failure('UNAVAILABLE', `Elasticsearch ${old} is too old: ${OLDEST.join('.')} or later is needed`);
}

async function versions(elastic: Elastic): Promise<string[]> {
  try {
    const found = await elastic.send('the version of Elasticsearch cannot be asked for', (client, options) =>
      client.nodes.info({ metric: 'http', filter_path: 'nodes.*.version' }, options),
    );
    return Object.values(nodes.parse(found).nodes).map(({ version }) => version);
  } catch (error) {
    if (error instanceof Refused && [400, 403, 404, 405, 410].includes(error.status)) return [];
    throw error;
  }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
