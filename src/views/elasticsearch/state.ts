// The few documents that say where a build is: read as they are at the moment, written only over what was read. So of two
// who write at once one learns that it was not the last to know.
import { Failure } from '../../domain/failure.ts';
import { type Elastic, MISSING_INDEX, Refused } from './client.ts';
import type { Names } from './names.ts';

/** A document as it was when it was read or written. */
export type Stored = { value: string; seqNo: number; primaryTerm: number };

export type State = {
  read(id: string): Promise<Stored | null>;
  /** `before`: what is there, null for nothing. Gives back null, having written nothing, when something else is there. */
  write(id: string, value: string, before: Stored | null): Promise<Stored | null>;
};

/** The build that the reader was of is not the one that answers any more. */
export class Switched extends Failure {
  constructor() {
    super('UNAVAILABLE', 'other views have taken over: go on from their checkpoint');
  }
}

/** Where the state of the build that answers is, if it is this one. */
export type Serving = {
  alias: string;
  index: string;
  /** It is another. */
  switched(): void;
};

/** `serving` is not null for a build that is to be read only as long as it answers: else a read fails with Switched. */
export function createState(elastic: Elastic, names: Names, serving: () => Serving | null = () => null): State {
  async function read(id: string): Promise<Stored | null> {
    const what = 'the state of the views cannot be read';
    const answering = serving();
    const asked = [names.alias('state'), ...(answering === null ? [] : [answering.alias])];
    const { docs } = await elastic.send(what, (client, options) =>
      client.mget<{ value: string }>({ docs: asked.map((_index) => ({ _index, _id: id })) }, options),
    );
    const [doc, other] = docs;
    if (answering !== null && other !== undefined && !('error' in other) && other._index !== answering.index) {
      answering.switched();
      throw new Switched();
    }
    if (doc === undefined || 'error' in doc || (other && 'error' in other)) throw new Refused(what, 404, MISSING_INDEX);
    if (!doc.found || doc._source === undefined) return null;
    return { value: doc._source.value, seqNo: doc._seq_no ?? 0, primaryTerm: doc._primary_term ?? 0 };
  }

  return {
    read,
    async write(id, value, before) {
      try {
        const written = await elastic.send('the state of the views cannot be written', (client, options) =>
          client.index(
            {
              index: names.alias('state'),
              id,
              document: { value },
              require_alias: true,
              ...(before === null
                ? { op_type: 'create' }
                : { if_seq_no: before.seqNo, if_primary_term: before.primaryTerm }),
            },
            options,
          ),
        );
        return { value, seqNo: written._seq_no ?? 0, primaryTerm: written._primary_term ?? 0 };
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 409) throw error;
        // The acknowledgement of an earlier attempt may have been lost. Nobody else writes the very same value.
        const found = await read(id);
        return found?.value === value ? found : null;
      }
    },
  };
}
