// What hits carry of a document: single fields from doc values. To open the source of each hit takes twice as long.
import { z } from 'zod';

/** A field with one value. */
export const one = <T extends z.ZodType>(value: T) => z.tuple([value]).transform(([only]) => only);

/** For a search whose hits have these fields and nothing else. */
export const fieldsOnly = (fields: readonly string[]) => ({
  _source: false,
  stored_fields: '_none_',
  docvalue_fields: [...fields],
});
