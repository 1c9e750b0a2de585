// What hits carry of a document: single fields from doc values. To open the source of each hit takes twice as long.
import { z } from 'zod';

/** A field with one value. */
export const one = <T extends z.ZodType>(value: T) => z.tuple([value]).transform(([only]) => only);

/** What `decodeWeights` takes, and the length that goes with it. */
export const words = {
  weights: one(z.string()),
  lentWeights: one(z.string()).optional(),
  lentUntil: one(z.number()).optional(),
  length: one(z.number()),
};

/** For a search whose hits have the fields of this schema and nothing else. */
export const fieldsOnly = ({ shape }: z.ZodObject) => ({
  _source: false,
  stored_fields: '_none_',
  docvalue_fields: Object.keys(shape),
});
