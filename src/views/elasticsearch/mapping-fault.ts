// Whether an index has the fields that are written into it.
import { isDeepStrictEqual } from 'node:util';
import type { estypes } from '@elastic/elasticsearch';

/** What of the wanted mapping is not in the other, in words; null: it is all there. The server adds its own defaults. */
export function faultIn(wanted: estypes.MappingTypeMapping, found: estypes.MappingTypeMapping): string | null {
  if (found.dynamic !== wanted.dynamic) return 'it takes fields that it does not know';
  for (const [field, mapping] of Object.entries(wanted.properties ?? {})) {
    const there = found.properties?.[field];
    if (there === undefined) return `the field ${field} is missing`;
    if (!includes(there, mapping)) return `the field ${field} has another mapping`;
  }
  return null;
}

function includes(there: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return there === wanted || isDeepStrictEqual(there, wanted);
  if (typeof there !== 'object' || there === null) return false;
  const fields = new Map<string, unknown>(Object.entries(there));
  return Object.entries(wanted).every(([key, value]) => includes(fields.get(key), value));
}
