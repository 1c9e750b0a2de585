// A connection to EventStoreDB that knows only streams of a prefix of its own, so that a server that others use too serves
// as a new one.
import type { Connection, StoredEvent } from '../../src/log/eventstoredb/client.ts';

/** Of a system stream, which no reader of Annals' looks at. */
const FOREIGN = '$foreign';

export function prefixed(connection: Connection, prefix: string): Connection {
  const inside = (stream: string) => `${prefix}${stream}`;
  const outside = (event: StoredEvent): StoredEvent => ({
    ...event,
    stream: event.stream.startsWith(prefix) ? event.stream.slice(prefix.length) : FOREIGN,
  });
  const all = (events: StoredEvent[]) => events.map(outside);

  return {
    ...connection,
    append: (stream, expected, events) => connection.append(inside(stream), expected, events),
    readStream: async (stream, from, count) => all(await connection.readStream(inside(stream), from, count)),
    async readLast(stream) {
      const last = await connection.readLast(inside(stream));
      return last === null ? null : outside(last);
    },
    async readAll(from, count, room) {
      const { events, end } = await connection.readAll(from, count, (event) => room(outside(event)));
      return { events: all(events), end };
    },
    async readBack(before, count) {
      const { events, end } = await connection.readBack(before, count);
      return { events: all(events), end };
    },
    async readSome(after, prefixes, room) {
      const { events, end } = await connection.readSome(after, prefixes.map(inside), (event) => room(outside(event)));
      return { events: all(events), end };
    },
    follow: (after, prefixes, follower) =>
      connection.follow(after, prefixes.map(inside), {
        ...follower,
        heard: (event) => follower.heard(outside(event)),
      }),
    deleteStream: (stream, revision) => connection.deleteStream(inside(stream), revision),
  };
}
