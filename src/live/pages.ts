// Pages of the log, read and decoded once for all who stand at the same place.
import QuickLru from 'quick-lru';
import type { Position } from '../domain/event.ts';
import type { Category } from '../domain/streams.ts';
import { type DecodedEvent, decodeKnown } from '../events/codec.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Tail } from './tail.ts';

/** Whose events are followed, and of which kinds; all where it is not named. */
export type Range = { tenant?: string; categories?: readonly Category[] };

export type Page = {
  /** Without those of types that are not known here. */
  events: DecodedEvent[];
  /** The log was read up to here. */
  position: Position;
  /** There was no more when it was read. */
  end: boolean;
};

export type Pages = { read(range: Range, after: Position): Promise<Page> };

/** What a subscriber far behind holds, and how long it keeps others waiting. */
const PAGE = 64;
const MOST_PAGES = 32;

type Kept = { generation: number; page: Promise<Page>; whole: boolean };

export function createPages(log: Pick<EventLog, 'read'>, tail: Tail): Pages {
  const kept = new QuickLru<string, Kept>({ maxSize: MOST_PAGES });

  async function load(range: Range, after: Position): Promise<Page> {
    const { events, position, end } = await log.read({ ...range, after, limit: PAGE });
    return { events: decodeKnown(events), position, end };
  }

  return {
    read(range, after) {
      const key = `${range.tenant ?? ''} ${range.categories?.join() ?? ''} ${after}`;
      const found = kept.get(key);
      // A whole page stays as it is; the last one of the log grows.
      if (found !== undefined && (found.whole || found.generation === tail.generation())) return found.page;
      const entry: Kept = { generation: tail.generation(), page: load(range, after), whole: false };
      kept.set(key, entry);
      entry.page.then(
        ({ end }) => {
          entry.whole = !end;
        },
        () => kept.delete(key),
      );
      return entry.page;
    },
  };
}
