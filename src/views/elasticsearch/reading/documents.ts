// Documents by id, as they are at the moment: no refresh is waited for.
import { z } from 'zod';
import type { DocumentPair } from '../../kept-documents.ts';
import type { DocumentKey } from '../../view-store.ts';
import { MISSING_INDEX, Refused } from '../client.ts';
import { documentId, indexOf, keptSource } from '../documents.ts';
import type { ReaderContext } from '../reader-context.ts';

type Context = Pick<ReaderContext, 'elastic' | 'names'>;

/** Fetched at once. */
const PAGE = 1_000;

const WHAT = 'the views cannot be read';

const found = z.object({ found: z.boolean(), _source: keptSource.pick({ document: true }).optional() });

/** A memory and its votes, for each id; null where there is no memory. */
export async function pairsOf(context: Context, tenant: string, ids: readonly string[]) {
  const texts = await textsOf(
    context,
    (['memory', 'votes'] as const).flatMap((kind) => ids.map((id) => ({ kind, tenant, id }))),
  );
  return ids.map((_, i): DocumentPair | null => {
    const document = texts[i];
    return document == null ? null : { document, votes: texts[ids.length + i] ?? null };
  });
}

/** The JSON of each; null where there is none. Whole sources: the server would take longer to pick a field of each. */
async function textsOf({ elastic, names }: Context, keys: readonly DocumentKey[]): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for (let start = 0; start < keys.length; start += PAGE) {
    const docs = keys.slice(start, start + PAGE).map(({ kind, tenant, id }) => ({
      _index: names.alias(indexOf[kind]),
      _id: documentId(tenant, id),
    }));
    const page = await elastic.send(WHAT, async (client, options) => {
      const answer = await client.mget({ docs }, options);
      return answer.docs.map((doc) => {
        if ('error' in doc) throw new Refused(WHAT, 404, MISSING_INDEX);
        return found.parse(doc)._source?.document ?? null;
      });
    });
    texts.push(...page);
  }
  return texts;
}
