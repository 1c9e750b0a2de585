// Which memories are asked for: the filter of lists and searches.
import { z } from 'zod';
import type { Instant } from '../src/domain/event.ts';
import { limits } from '../src/domain/limits.ts';
import type { MemoryType as MemoryTypeValue } from '../src/domain/memory.ts';
import type { Scope as ScopeValue } from '../src/domain/visibility.ts';
import type { MemoryFilter as ViewFilter } from '../src/views/view-store.ts';
import { builder } from './builder.ts';
import { atMost, label, list, number } from './checks.ts';
import { MemoryType, Scope } from './enums.ts';
import { MetadataFilter, type MetadataFilterShape, toMetadataTest } from './metadata-filter.ts';

/** Of `and`, `or` and `not` within each other, and how many filters there may be in all. */
const MAX_DEPTH = 5;
const MAX_FILTERS = 50;

type Maybe<T> = T | null | undefined;

export type MemoryFilterShape = {
  namespaces?: Maybe<string[]>;
  scopes?: Maybe<ScopeValue[]>;
  types?: Maybe<MemoryTypeValue[]>;
  agents?: Maybe<string[]>;
  authors?: Maybe<string[]>;
  users?: Maybe<string[]>;
  sessions?: Maybe<string[]>;
  createdAfter?: Maybe<Instant>;
  createdBefore?: Maybe<Instant>;
  occurredAfter?: Maybe<Instant>;
  occurredBefore?: Maybe<Instant>;
  minEffectiveness?: Maybe<number>;
  includeDeprecated?: Maybe<boolean>;
  metadata?: Maybe<MetadataFilterShape[]>;
  and?: Maybe<MemoryFilterShape[]>;
  or?: Maybe<MemoryFilterShape[]>;
  not?: Maybe<MemoryFilterShape>;
};

export const MemoryFilter = builder.inputRef<MemoryFilterShape, false>('MemoryFilter').implement({
  description: 'All that is named must hold. Lists are "any of"; an empty list matches nothing.',
  fields: (t) => ({
    namespaces: t.stringList({ validate: list(label) }),
    scopes: t.field({ type: [Scope], validate: atMost(limits.first) }),
    types: t.field({ type: [MemoryType], validate: atMost(limits.first) }),
    agents: t.stringList({ description: 'Owners.', validate: list(label) }),
    authors: t.stringList({ validate: list(label) }),
    users: t.stringList({ validate: list(label) }),
    sessions: t.idList({ validate: list(label) }),
    createdAfter: t.field({ type: 'DateTime' }),
    createdBefore: t.field({ type: 'DateTime' }),
    occurredAfter: t.field({ type: 'DateTime' }),
    occurredBefore: t.field({ type: 'DateTime' }),
    minEffectiveness: t.float({ validate: number(-1, 1) }),
    includeDeprecated: t.boolean({ description: 'Only outside of and, or and not.', defaultValue: false }),
    metadata: t.field({ type: [MetadataFilter], validate: atMost(limits.first) }),
    and: t.field({ type: [MemoryFilter], validate: atMost(MAX_FILTERS) }),
    or: t.field({ type: [MemoryFilter], validate: atMost(MAX_FILTERS) }),
    not: t.field({ type: MemoryFilter }),
  }),
});

/** Of a whole filter: how large it is, and what only its top may say. */
export const wholeFilter = z.custom<MemoryFilterShape>().superRefine((filter, context) => {
  let filters = 0;
  const refuse = (message: string, path: string[]) => context.addIssue({ code: 'custom', message, path });
  const visit = (one: MemoryFilterShape, path: string[]): void => {
    filters += 1;
    if (path.length > 0 && one.includeDeprecated)
      refuse('is for the top of a filter only', [...path, 'includeDeprecated']);
    for (const [step, part] of partsOf(one)) visit(part, [...path, ...step]);
  };
  if (depthOf(filter) > MAX_DEPTH) return refuse(`is nested more than ${MAX_DEPTH} levels deep`, []);
  visit(filter, []);
  if (filters > MAX_FILTERS) refuse(`has more than ${MAX_FILTERS} filters within it`, []);
});

type Part = [step: string[], part: MemoryFilterShape];

const partsOf = ({ and, or, not }: MemoryFilterShape): Part[] => {
  const inList = (list: string, parts: Maybe<MemoryFilterShape[]>) =>
    (parts ?? []).map((part, index): Part => [[list, String(index)], part]);
  return [...inList('and', and), ...inList('or', or), ...(not ? [[['not'], not] satisfies Part] : [])];
};

const depthOf = (filter: MemoryFilterShape): number =>
  1 + Math.max(0, ...partsOf(filter).map(([, part]) => depthOf(part)));

/** What the views take: null is as if it was not named. */
export function toViewFilter(filter: Maybe<MemoryFilterShape>): ViewFilter {
  const { includeDeprecated: _, metadata, and, or, not, ...plain } = filter ?? {};
  return {
    ...withoutNulls(plain),
    ...(metadata && { metadata: metadata.map(toMetadataTest) }),
    ...(and && { and: and.map(toViewFilter) }),
    ...(or && { or: or.map(toViewFilter) }),
    ...(not && { not: toViewFilter(not) }),
  };
}

type WithoutNulls<T> = { [K in keyof T]?: NonNullable<T[K]> };

const withoutNulls = <T extends object>(value: T): WithoutNulls<T> =>
  Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== null && item !== undefined),
  ) as WithoutNulls<T>;
