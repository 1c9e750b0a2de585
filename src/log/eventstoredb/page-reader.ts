// Pages of the log in its global order.
//
// The server filters subscriptions, not reads. Near the end of the log a plain read is the cheapest; a question about a few
// categories that has far to go is answered by a subscription that ends when it has caught up.
import type { Position, RecordedEvent } from '../../domain/event.ts';
import type { LogPage, ReadLog } from '../event-log.ts';
import { checkPageLimit } from '../prepare.ts';
import type { Chunk, Connection, StoredEvent } from './client.ts';
import type { Heads } from './heads.ts';
import type { History } from './history.ts';
import { matchingOf } from './matching.ts';
import type { Positions } from './positions.ts';
import { insist } from './retry.ts';
import { roughSize } from './rough-size.ts';

/** A page, and what is read at once for it, ends early beyond so many characters. */
const PAGE_CHARACTERS = 16 * 2 ** 20;
/** Read at once when nothing is known of how much will match. */
const FIRST_CHUNK = 256;
/** Read at once else: of 10,000 the half is garbage of the client's that lives long enough to cost a third of the rate. */
const LARGEST_CHUNK = 1000;
/** Taken from one subscription: each costs more to begin than a read. */
const LARGEST_SEARCH = 5000;

type Dependencies = {
  connection: Connection;
  heads: Heads;
  positions: Positions;
  born: bigint;
  historyOf(matches: (stream: string) => boolean): History;
  /** Makes sure that what others deleted is known. */
  upToDate(): Promise<void>;
  patience: number;
};

export type PageReader = (options: ReadLog) => Promise<LogPage>;

export function createPageReader(dependencies: Dependencies): PageReader {
  const { connection, heads, positions, born, historyOf, upToDate, patience } = dependencies;

  return async ({ after, until, limit, ...filter }) => {
    checkPageLimit(limit);
    const matching = matchingOf(filter);
    const begin = after ?? positions.start;
    const { commit } = positions.placeOf(begin, 'after');
    const last = until ?? null;
    if (last !== null) positions.placeOf(last, 'until');
    if (last !== null && last <= begin) return { events: [], position: begin, end: true };
    await upToDate();
    if (matching.none) return { events: [], position: await readTo(begin, last), end: true };
    const page = createPage(begin, last, limit);
    const history = historyOf(matching.stream);
    const read = chunks(commit, matching.prefixes, limit, (position) => page.pass(position));
    for (;;) {
      const chunk = await read();
      for (const stored of chunk.events) {
        const next = history.next(stored);
        const step = next instanceof Promise ? await next : next;
        if (step === null) continue;
        if (!page.take(positions.of(step.place.commit, step.place.index), step.events)) return page.result();
      }
      if (chunk.end) return page.result();
    }
  };

  /** Where a page ends that looks for nothing. */
  async function readTo(begin: Position, last: Position | null): Promise<Position> {
    const head = await heads.read();
    return latest(begin, last !== null && last < head ? last : head);
  }

  /** The log from a commit position on, piece by piece. `passed` hears how far streams were looked at that are in no piece. */
  function chunks(
    from: bigint,
    prefixes: string[] | null,
    limit: number,
    passed: (position: Position) => void,
  ): () => Promise<Chunk> {
    // One event of the page's own commit position comes again, and one more than the page tells whether it is the last.
    let count = prefixes === null ? Math.min(LARGEST_CHUNK, limit + 2) : FIRST_CHUNK;
    let at = from < born ? born : from;
    let seen = at - 1n;
    let first = true;
    let head: Position | null = null;

    async function next(): Promise<Chunk> {
      if (prefixes === null || first) return connection.readAll(at, count, createRoom());
      // What was there before the subscription began has been looked at when it has caught up.
      head ??= await heads.read();
      const some = await connection.readSome(at, prefixes, createRoom(LARGEST_SEARCH));
      if (some.end) passed(head);
      return some;
    }

    return async () => {
      const { events, end } = await insist(patience, next);
      // A piece may begin with what the one before had, and a subscription may tell what it told before.
      const unseen = events.filter(({ commit }) => {
        if (commit <= seen) return false;
        seen = commit;
        return true;
      });
      at = unseen.at(-1)?.commit ?? at;
      first = false;
      count = LARGEST_CHUNK;
      return { events: unseen, end };
    };
  }
}

/** Says no when the characters, or the number, of the events it was shown are too many. */
function createRoom(most = Number.POSITIVE_INFINITY): (event: StoredEvent) => boolean {
  let characters = 0;
  let events = 0;
  return ({ data }) => {
    characters += roughSize(data);
    events += 1;
    return characters < PAGE_CHARACTERS && events < most;
  };
}

/** A page as it fills, of what lies after `begin`, up to `last` where that is given. */
function createPage(begin: Position, last: Position | null, limit: number) {
  const events: RecordedEvent[] = [];
  let position = begin;
  let end = true;
  let room = PAGE_CHARACTERS;

  function add(event: RecordedEvent): boolean {
    if (events.length === limit || room <= 0) {
      position = events.at(-1)?.position ?? position;
      end = false;
      return false;
    }
    room -= roughSize(event.data);
    events.push(event);
    return true;
  }

  return {
    pass(to: Position): void {
      position = latest(position, last !== null && to > last ? last : to);
    },
    /** False when the page is done. `place` is reached with these events. */
    take(place: Position, next: RecordedEvent[]): boolean {
      for (const event of next) {
        if (event.position <= begin) continue;
        if (last !== null && event.position > last) break;
        if (!add(event)) return false;
      }
      this.pass(place);
      return last === null || place < last;
    },
    result: (): LogPage => ({ events, position, end }),
  };
}

const latest = (a: Position, b: Position): Position => (a > b ? a : b);
