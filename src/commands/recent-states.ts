// Streams that many write to at once are read on, not read again: what was folded is kept, and all who ask at the same
// time share one reading. Of each stream the last states are kept, so that everyone is answered with the state just
// after what it wrote, whatever others wrote behind it.
import QuickLRU from 'quick-lru';
import type { Position, RecordedEvent } from '../domain/event.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Noun } from './noun.ts';
import { decodeAs } from './stream.ts';

/** A stream's state after one of its events. */
export type Recent<State> = { state: State; revision: number; position: Position };

export type RecentStates<State> = {
  /** As of the stream's end, with all that was appended before the call; null: it has no event. */
  latest(stream: string): Promise<Recent<State> | null>;
  /** Just after an event that was appended before the call; null when that is too long ago to be kept. */
  after(event: RecordedEvent): Promise<Recent<State> | null>;
};

/** Streams whose states are kept, and states of each that are kept at least. */
const STREAMS = 64;
const STATES = 64;

type Kept<State> = Recent<State> & { id: string };
type Line<State> = { kept: readonly Kept<State>[]; refresh: () => Promise<void> };

export function createRecentStates<State, Event extends DomainEvent>(
  log: EventLog,
  noun: Noun<State, Event>,
): RecentStates<State> {
  const lines = new QuickLRU<string, Line<State>>({ maxSize: STREAMS });

  function lineOf(stream: string): Line<State> {
    const there = lines.get(stream);
    if (there !== undefined) return there;
    const line: Line<State> = { kept: [], refresh: sharing(() => readOn(stream, line)) };
    lines.set(stream, line);
    return line;
  }

  async function readOn(stream: string, line: Line<State>): Promise<void> {
    const last = line.kept.at(-1);
    const recorded = await log.readStream(stream, { from: last?.revision ?? 0 });
    if (last === undefined || recorded[0]?.id === last.id) foldOn(line, recorded);
    else {
      // It was deleted meanwhile, and perhaps begun again.
      line.kept = [];
      foldOn(line, await log.readStream(stream));
    }
  }

  /** What is folded already is left out. */
  function foldOn(line: Line<State>, recorded: readonly RecordedEvent[]): void {
    const states = [...line.kept];
    for (const event of recorded) {
      const last = states.at(-1);
      if (last !== undefined && event.revision <= last.revision) continue;
      const { event: decoded, at, id, position } = decodeAs(noun, event);
      const state = noun.evolve(last?.state ?? null, decoded, at);
      if (state !== null) states.push({ state, revision: at.revision, position, id });
      if (states.length > 2 * STATES) states.splice(0, STATES);
    }
    line.kept = states;
  }

  return {
    async latest(stream) {
      const line = lineOf(stream);
      await line.refresh();
      return line.kept.at(-1) ?? null;
    },
    async after(event) {
      const line = lineOf(event.stream);
      const known = line.kept.at(-1)?.revision ?? -1;
      // Mostly nothing came between, and nothing has to be read.
      if (known === event.revision - 1) foldOn(line, [event]);
      else if (known < event.revision) await line.refresh();
      return line.kept.find(({ id }) => id === event.id) ?? null;
    },
  };
}

/** All who ask while the work is under way share the next: it begins after they asked. */
function sharing(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const run = () => {
    next = null;
    running = work().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return run();
    next ??= running.then(run, run);
    return next;
  };
}
