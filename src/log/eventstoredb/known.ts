// What this process last knew of streams and of events, so that the common append asks nothing before it writes. All of it
// may be out of date: the server refuses an append to a stream that has grown, and then it is looked at.
import QuickLru from 'quick-lru';
import type { Tail } from './stream-reader.ts';

export type Known = {
  tail(stream: string): Tail | undefined;
  /** Unless a later one is known. */
  setTail(stream: string, tail: Tail): void;
  forget(stream: string): void;
  /** The stream in which an event of this id was seen, of the latest some ten thousand. */
  streamOf(id: string): string | undefined;
  saw(id: string, stream: string): void;
};

const STREAMS = 10_000;
const EVENTS = 20_000;

export function createKnown(): Known {
  const tails = new QuickLru<string, Tail>({ maxSize: STREAMS });
  const events = new QuickLru<string, string>({ maxSize: EVENTS });
  return {
    tail: (stream) => tails.get(stream),
    setTail(stream, tail) {
      const other = tails.get(stream);
      if (other === undefined || other.stored < tail.stored) tails.set(stream, tail);
    },
    forget: (stream) => void tails.delete(stream),
    streamOf: (id) => events.get(id),
    saw: (id, stream) => void events.set(id, stream),
  };
}
