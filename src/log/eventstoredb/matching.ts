// Which streams a question is about.
import { categories as allCategories, type Category, parseStream } from '../../domain/streams.ts';
import type { ReadLog } from '../event-log.ts';
import { prefixesOf } from './own-streams.ts';

export type Matching = {
  stream(name: string): boolean;
  /** Of the streams that have to be read; null: of all. */
  prefixes: string[] | null;
  /** Nothing matches. */
  none: boolean;
};

export function matchingOf({ categories, tenant }: Pick<ReadLog, 'categories' | 'tenant'>): Matching {
  if (categories === undefined && tenant === undefined) return { stream: () => true, prefixes: null, none: false };
  const wanted = new Set<Category>(categories ?? allCategories);
  return {
    stream(name) {
      const parsed = parseStream(name);
      return parsed !== null && wanted.has(parsed.category) && (tenant === undefined || parsed.tenant === tenant);
    },
    prefixes: prefixesOf([...wanted], tenant),
    none: wanted.size === 0,
  };
}
