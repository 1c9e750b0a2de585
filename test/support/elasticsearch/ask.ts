// Asks Elasticsearch itself, past what is tested.
import { elasticsearchUrl } from './elasticsearch.ts';

export async function ask<T>(method: string, path: string, body?: object, url = elasticsearchUrl): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return (await response.json()) as T;
}

type Hits = { hits: { hits: { _id: string; _source: Record<string, unknown> }[] } };

/** All documents of an index, by id: what is written so far. */
export async function documentsIn(
  index: string,
  url = elasticsearchUrl,
): Promise<Map<string, Record<string, unknown>>> {
  await ask('POST', `/${index}/_refresh`, undefined, url);
  const { hits } = await ask<Hits>('GET', `/${index}/_search?size=10000`, undefined, url);
  return new Map(hits.hits.map(({ _id, _source }) => [_id, _source]));
}
