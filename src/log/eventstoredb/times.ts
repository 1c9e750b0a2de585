// Between positions and times, and how much lies after a position. EventStoreDB numbers no events and knows nothing of our
// times, so the log is walked; what was walked over leaves marks, a bounded number, so that it is not walked again.
import type { Instant, Position, RecordedEvent } from '../../domain/event.ts';
import { type Category, parseStream } from '../../domain/streams.ts';
import { MAX_PAGE } from '../event-log.ts';
import type { PageReader } from './page-reader.ts';
import type { Positions } from './positions.ts';

export type Times = {
  /**
   * The event before the first that was recorded later than this. Where clocks went back there are several places to
   * choose from; the first is the one that stays, however the log grows.
   */
  positionAt(time: Instant): Promise<Position>;
  countAfter(after: Position, categories: readonly Category[]): Promise<number>;
};

/** Where a walk came by: how many events of each category it had passed since its start, and the latest of their times. */
type Mark = { position: Position; latest: Instant; counts: Map<Category, number> };
type Walk = { start: Position; end: Mark; marks: Mark[]; interval: number; sinceMark: number; deletions: number };

const FIRST_INTERVAL = 500;
const MOST_MARKS = 1000;
/** A lag of so many events is counted without a walk. */
const SHORT = 1000;

type Dependencies = { page: PageReader; positions: Positions; deletions: { count(): number } };

export function createTimes({ page, positions, deletions }: Dependencies): Times {
  let walk: Walk | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  /** One walk at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  /** The walk, begun anew where it does not cover the position or events that it counted were deleted. */
  function walkFrom(start: Position): Walk {
    const covers = walk !== null && walk.start <= start && walk.deletions === deletions.count();
    if (walk !== null && covers && start <= walk.end.position) return walk;
    const mark: Mark = { position: start, latest: '', counts: new Map() };
    walk = {
      start,
      end: copyOf(mark),
      marks: [mark],
      interval: FIRST_INTERVAL,
      sinceMark: 0,
      deletions: deletions.count(),
    };
    return walk;
  }

  /** Walks on to the log's end, or until `enough`. */
  async function goOn(to: Walk, enough: () => boolean): Promise<void> {
    while (!enough()) {
      const { events, position, end } = await page({ after: to.end.position, limit: MAX_PAGE });
      for (const event of events) passOver(to, event);
      to.end.position = position;
      if (end) return;
    }
  }

  /** Events from the last mark on that is not beyond; the caller stops when it has what it wanted. */
  async function* eventsFrom({ position }: Mark): AsyncGenerator<RecordedEvent> {
    for (let after = position; ; ) {
      const read = await page({ after, limit: SHORT });
      yield* read.events;
      if (read.end) return;
      after = read.position;
    }
  }

  async function positionAt(time: Instant): Promise<Position> {
    const to = walkFrom(positions.start);
    await goOn(to, () => to.end.latest > time);
    // The first mark is the start, before every time.
    const mark = to.marks.findLast(({ latest }) => latest <= time);
    let found = mark?.position ?? positions.start;
    for await (const event of eventsFrom(mark ?? to.end)) {
      if (event.recordedAt > time) break;
      found = event.position;
    }
    return found;
  }

  async function countFar(after: Position, categories: readonly Category[]): Promise<number> {
    const to = walkFrom(after);
    await goOn(to, () => false);
    const mark = to.marks.findLast(({ position }) => position <= after) ?? to.end;
    const sum = ({ counts }: Mark) => categories.reduce((total, category) => total + (counts.get(category) ?? 0), 0);
    let count = sum(to.end) - sum(mark);
    for await (const event of eventsFrom(mark)) {
      if (event.position > after) break;
      if (categories.includes(categoryOf(event))) count -= 1;
    }
    return count;
  }

  return {
    positionAt: (time) => inTurn(() => positionAt(time)),
    async countAfter(after, categories) {
      const near = await page({ after, limit: SHORT });
      const wanted = [...new Set(categories)];
      if (near.end) return near.events.filter((event) => wanted.includes(categoryOf(event))).length;
      return inTurn(() => countFar(after, wanted));
    },
  };
}

function passOver(walk: Walk, event: RecordedEvent): void {
  const { end } = walk;
  const category = categoryOf(event);
  end.counts.set(category, (end.counts.get(category) ?? 0) + 1);
  end.position = event.position;
  if (event.recordedAt > end.latest) end.latest = event.recordedAt;
  walk.sinceMark += 1;
  if (walk.sinceMark < walk.interval) return;
  walk.sinceMark = 0;
  walk.marks.push(copyOf(end));
  if (walk.marks.length <= MOST_MARKS) return;
  walk.marks = walk.marks.filter((_, index) => index % 2 === 0);
  walk.interval *= 2;
}

const copyOf = (mark: Mark): Mark => ({ ...mark, counts: new Map(mark.counts) });

/** A log gives events of streams whose names it has parsed. */
function categoryOf({ stream }: RecordedEvent): Category {
  const name = parseStream(stream);
  if (name === null) throw new Error('an event of the log is in a stream of no category');
  return name.category;
}
