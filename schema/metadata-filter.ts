// One test of one place in a memory's metadata.
import { z } from 'zod';
import type { Json } from '../src/domain/event.ts';
import { limits } from '../src/domain/limits.ts';
import type { MetadataFilter as MetadataTest } from '../src/views/view-store.ts';
import { builder } from './builder.ts';
import { atMost, text } from './checks.ts';

type Maybe<T> = T | null | undefined;

export type MetadataFilterShape = {
  key: string;
  eq?: Maybe<Json>;
  ne?: Maybe<Json>;
  in?: Maybe<Json[]>;
  gt?: Maybe<Json>;
  gte?: Maybe<Json>;
  lt?: Maybe<Json>;
  lte?: Maybe<Json>;
  contains?: Maybe<string>;
  exists?: Maybe<boolean>;
};

const dottedPath = text(limits.label).regex(
  new RegExp(`^[^.]+(?:\\.[^.]+){0,${limits.metadataDepth - 1}}$`, 'u'),
  `must be up to ${limits.metadataDepth} keys with dots between`,
);

export const MetadataFilter = builder.inputRef<MetadataFilterShape, false>('MetadataFilter').implement({
  description:
    'key: a dotted path. Exactly one operator. gt … lte compare numbers with numbers and texts with texts; contains: a part of a text, or a member of a list; ne holds also where the key is missing.',
  validate: z
    .custom<MetadataFilterShape>()
    .refine((given) => operatorsOf(given).length === 1, 'must have exactly one operator'),
  fields: (t) => ({
    key: t.string({ required: true, validate: dottedPath }),
    eq: t.field({ type: 'JSONValue' }),
    ne: t.field({ type: 'JSONValue' }),
    in: t.field({ type: ['JSONValue'], validate: atMost(limits.first) }),
    gt: t.field({ type: 'JSONValue' }),
    gte: t.field({ type: 'JSONValue' }),
    lt: t.field({ type: 'JSONValue' }),
    lte: t.field({ type: 'JSONValue' }),
    contains: t.string({ validate: text(limits.query) }),
    exists: t.boolean(),
  }),
});

/** `eq: null` asks for null; with the other operators null is as if they were not there. */
function operatorsOf(given: MetadataFilterShape): MetadataTest['test'][] {
  const { eq, ne, in: among, gt, gte, lt, lte, contains, exists } = given;
  return [
    ...(eq === undefined ? [] : [{ eq }]),
    ...(ne === undefined ? [] : [{ ne }]),
    ...(isGiven(among) ? [{ in: among }] : []),
    ...(isGiven(gt) ? [{ gt }] : []),
    ...(isGiven(gte) ? [{ gte }] : []),
    ...(isGiven(lt) ? [{ lt }] : []),
    ...(isGiven(lte) ? [{ lte }] : []),
    ...(isGiven(contains) ? [{ contains }] : []),
    ...(isGiven(exists) ? [{ exists }] : []),
  ];
}

const isGiven = <T>(value: Maybe<T>): value is T => value !== null && value !== undefined;

/** Checked before: there is one operator. */
export function toMetadataTest(given: MetadataFilterShape): MetadataTest {
  const [test = { exists: true }] = operatorsOf(given);
  return { key: given.key, test };
}
