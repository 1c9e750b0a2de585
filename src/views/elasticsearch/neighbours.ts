// Which memories follow each other in a session and may lend each other words: an ordered list for each key, read from
// the index when it is first asked for and kept in step from then on.
import { hash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { Position } from '../../domain/event.ts';
import type { Memory } from '../../domain/memory.ts';
import { contextKey } from '../../text/context.ts';
import { milliseconds } from './attributes.ts';
import type { Elastic } from './client.ts';
import { documentId } from './documents.ts';
import type { Names } from './names.ts';

export type Member = {
  /** `documentId` of the memory. */
  id: string;
  occurredAt: number;
  recorded: Position;
  /** How many it has; only memories of one take part. */
  passages: number;
};

export type Neighbours = {
  /** The lists of these keys: to be changed in place as members come and go. */
  load(keys: Iterable<string>): Promise<ReadonlyMap<string, Member[]>>;
  /** What was changed in place was not written: read them again. */
  forget(keys: Iterable<string>): void;
  /** `empty`: there is nothing in the index, so that no list has to be read. */
  clear(empty: boolean): void;
};

/** Same for memories that may be each other's context; null for one that neither gives nor has any. */
export function neighboursKey(memory: Memory): string | null {
  const key = memory.deprecation === null ? contextKey(memory) : null;
  return key === null ? null : hash('sha256', key).slice(0, 32);
}

/** Of all lists together. */
const MOST_MEMBERS = 200_000;
/** Rows of one answer. */
const PAGE = 1_000;
/** Lists read at once. */
const LISTS = 100;

const source = z.object({
  tenant: z.string(),
  memory: z.string(),
  occurredAt: z.number(),
  recorded: z.string(),
  passages: z.number(),
});

/** `fresh` makes sure that a search finds what was written. */
export function createNeighbours(elastic: Elastic, names: Names, fresh: () => Promise<void>): Neighbours {
  /** The one that was asked for longest ago first. */
  const lists = new Map<string, Member[]>();
  let members = 0;
  let complete = false;

  function keep(key: string, list: Member[]): void {
    lists.delete(key);
    lists.set(key, list);
  }

  function evict(asked: ReadonlyMap<string, Member[]>): void {
    members = 0;
    for (const list of lists.values()) members += list.length;
    for (const [key, list] of lists) {
      if (members <= MOST_MEMBERS) return;
      if (asked.has(key)) continue;
      lists.delete(key);
      members -= list.length;
      complete = false;
    }
  }

  async function read(keys: readonly string[]): Promise<void> {
    await fresh();
    for (let start = 0; start < keys.length; start += LISTS) await readSome(keys.slice(start, start + LISTS));
  }

  async function readSome(keys: readonly string[]): Promise<void> {
    const found = new Map(keys.map((key): [string, Member[]] => [key, []]));
    let after: Map<string, estypes.SortResults | undefined> = new Map(keys.map((key) => [key, undefined]));
    while (after.size > 0) {
      const asked = [...after];
      const { responses } = await elastic.send('the neighbours of memories cannot be read', (client, options) =>
        client.msearch(
          {
            index: names.alias('passages'),
            searches: asked.flatMap(([key, last]) => [{}, pageOf(key, last)]),
          },
          options,
        ),
      );
      after = new Map();
      for (const [i, [key]] of asked.entries()) {
        const response = responses[i];
        const hits = response && 'hits' in response ? response.hits.hits : [];
        found.get(key)?.push(...hits.map(memberOf));
        if (hits.length === PAGE) after.set(key, hits.at(-1)?.sort);
      }
    }
    for (const [key, list] of found) keep(key, list);
  }

  return {
    async load(keys) {
      const asked = new Map<string, Member[]>();
      const missing: string[] = [];
      for (const key of new Set(keys)) {
        if (lists.has(key)) continue;
        if (complete) keep(key, []);
        else missing.push(key);
      }
      if (missing.length > 0) await read(missing);
      for (const key of new Set(keys)) {
        const list = lists.get(key) ?? [];
        keep(key, list);
        asked.set(key, list);
      }
      evict(asked);
      return asked;
    },
    forget(keys) {
      complete = false;
      for (const key of keys) lists.delete(key);
    },
    clear(empty) {
      lists.clear();
      complete = empty;
    },
  };
}

const pageOf = (key: string, after: estypes.SortResults | undefined): estypes.SearchSearchRequestBody => ({
  query: { bool: { filter: [{ term: { neighbours: key } }, { term: { index: 0 } }] } },
  sort: [{ occurredAt: 'asc' }, { recorded: 'asc' }],
  _source: ['tenant', 'memory', 'occurredAt', 'recorded', 'passages'],
  size: PAGE,
  track_total_hits: false,
  ...(after !== undefined && { search_after: after }),
});

function memberOf({ _source }: { _source?: unknown }): Member {
  const { tenant, memory, ...rest } = source.parse(_source);
  return { id: documentId(tenant, memory), ...rest };
}

/** Puts a member where it belongs, unless it is there, and gives back where that is. */
export function insert(list: Member[], member: Member): number {
  let index = list.length;
  for (let before = list[index - 1]; before !== undefined && isBefore(member, before); before = list[index - 1])
    index--;
  if (list[index - 1]?.id === member.id) return index - 1;
  list.splice(index, 0, member);
  return index;
}

const isBefore = (a: Member, b: Member): boolean =>
  a.occurredAt === b.occurredAt ? a.recorded < b.recorded : a.occurredAt < b.occurredAt;

export const memberFor = (id: string, memory: Memory, recorded: Position, passages: number): Member => ({
  id,
  occurredAt: milliseconds(memory.occurredAt),
  recorded,
  passages,
});
