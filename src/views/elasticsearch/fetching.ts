// Documents by id, as they are at the moment: no refresh is waited for.
import { type Elastic, MISSING_INDEX, Refused } from './client.ts';

/** Where a document is: an index or alias, and its id there. */
export type DocumentPlace = { index: string; id: string };

export type Fetching = {
  /** For the sentence of a failure, as of `Elastic.send`. */
  what: string;
  /** Fields of the source; all of it unless given. */
  fields?: readonly string[];
  /** Fetched at once; 500 unless given. */
  page?: number;
};

const PAGE = 500;

/** The source of each, in the order asked; undefined where there is none. */
export async function fetchSources(
  elastic: Elastic,
  places: readonly DocumentPlace[],
  { what, fields, page = PAGE }: Fetching,
): Promise<unknown[]> {
  const sources: unknown[] = [];
  for (let start = 0; start < places.length; start += page) {
    const docs = places.slice(start, start + page).map(({ index, id }) => ({ _index: index, _id: id }));
    const answer = await elastic.send(what, (client, options) =>
      client.mget({ docs, ...(fields && { _source: [...fields] }) }, options),
    );
    for (const doc of answer.docs) {
      if ('error' in doc) throw new Refused(what, 404, MISSING_INDEX);
      sources.push(doc.found ? doc._source : undefined);
    }
  }
  return sources;
}
