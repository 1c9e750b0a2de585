// What streams fold to: before and after an event, and now. Folded once for all who look at the same.
import QuickLru from 'quick-lru';
import { type DecodedEvent, decode, decodeKnown } from '../events/codec.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { EventLog, ReadStream } from '../log/event-log.ts';
import type { Fold } from '../queries/fold-stream.ts';
import type { Tail } from './tail.ts';

export type Change<State> = { before: State | null; after: State | null };

export type States<State> = {
  /** How the event's stream stood before it, and with it. */
  around(event: DecodedEvent): Promise<Change<State>>;
  /** How the stream stands now. */
  now(stream: string): Promise<State | null>;
};

/** Of streams: a state is as large as a memory. */
const MOST_STATES = 256;

/** A state, and the event that made it so. */
type Reached<State> = { state: State | null; revision: number; id: string };
type Present<State> = { generation: number; reached: Promise<Reached<State> | null> };

export function createStates<State, Event extends DomainEvent>(
  log: Pick<EventLog, 'readStream'>,
  tail: Tail,
  { isOwn, evolve }: Fold<State, Event>,
): States<State> {
  const changes = new WeakMap<DecodedEvent, Promise<Change<State>>>();
  const past = new QuickLru<string, Reached<State>>({ maxSize: MOST_STATES });
  const present = new QuickLru<string, Present<State>>({ maxSize: MOST_STATES });

  const step = (state: State | null, { event, at }: DecodedEvent): State | null =>
    isOwn(event) ? evolve(state, event, at) : state;

  /** Folds what comes after `from`; from the beginning when the stream does not have that event any more. */
  async function foldOn(stream: string, from: Reached<State> | null, options: ReadStream) {
    const recorded = await log.readStream(stream, { ...options, from: from?.revision ?? 0 });
    if (from !== null && recorded[0]?.id !== from.id) return foldOn(stream, null, options);
    let reached = from;
    for (const event of from === null ? recorded : recorded.slice(1)) {
      const decoded = decode(event);
      const state: State | null = reached?.state ?? null;
      reached = { state: decoded === null ? state : step(state, decoded), revision: event.revision, id: event.id };
    }
    return reached;
  }

  async function change(event: DecodedEvent): Promise<Change<State>> {
    const { stream, at, id, position } = event;
    const before = at.revision === 0 ? null : await stateBefore(stream, at.revision, position);
    const after = step(before, event);
    past.set(stream, { state: after, revision: at.revision, id });
    return { before, after };
  }

  async function stateBefore(stream: string, revision: number, until: string): Promise<State | null> {
    const kept = past.get(stream) ?? null;
    if (kept !== null && kept.revision === revision - 1) return kept.state;
    const from = kept !== null && kept.revision < revision ? kept : null;
    // With the event itself, which is left out again: only the log knows the position before one.
    const recorded = await log.readStream(stream, { from: from === null ? 0 : from.revision + 1, until });
    const earlier = recorded.filter((one) => one.revision < revision);
    return decodeKnown(earlier).reduce(step, from?.state ?? null);
  }

  async function presentOf(stream: string, kept: Present<State> | undefined): Promise<Reached<State> | null> {
    const known = (await kept?.reached.catch(() => null)) ?? null;
    return foldOn(stream, known, {});
  }

  return {
    around(event) {
      const known = changes.get(event) ?? change(event);
      changes.set(event, known);
      return known;
    },
    async now(stream) {
      const generation = tail.generation();
      let kept = present.get(stream);
      if (kept?.generation !== generation) {
        kept = { generation, reached: presentOf(stream, kept) };
        present.set(stream, kept);
        kept.reached.catch(() => present.delete(stream));
      }
      return (await kept.reached)?.state ?? null;
    },
  };
}
