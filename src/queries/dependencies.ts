// What the query side needs, and what one caller's queries are bound to.
import type { Caller } from '../access/caller.ts';
import type { Directory } from '../access/directory.ts';
import type { Instant, JsonObject, Position } from '../domain/event.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ViewReader, ViewWriter } from '../views/view-store.ts';

export type QueryDependencies = {
  log: EventLog;
  views: ViewReader & Pick<ViewWriter, 'checkpoint' | 'parked' | 'refresh'>;
  directory: Directory;
  /** Whether the views reached a position in time. */
  projector: {
    waitFor(position: Position, milliseconds: number): Promise<boolean>;
    /** Why the views do not get on. */
    failure(): string | null;
  };
  /** The question's vector; fails with UNAVAILABLE when the embedder is away. */
  embedQuery: (text: string) => Promise<Float32Array>;
  /** Whether everything the views have also has its vector, in time. */
  pump?: { idle(milliseconds: number): Promise<boolean> };
  /** Replays the log of these tenants and compares what it makes with what is served. */
  verify: (tenants: readonly string[]) => Promise<Verification>;
  /** Works on a tenant's state as of a position; `now` decides what had expired. */
  past: <T>(
    moment: { tenant: string; position: Position; now: Instant },
    work: (past: Past) => Promise<T>,
  ) => Promise<T>;
  clock: () => Date;
};

export type PastReader = Pick<ViewReader, 'get' | 'list' | 'search'>;

export type Past = {
  views: PastReader;
  /** What an agent, or the operator, could read then. */
  readerOf: Directory['readerOf'];
};

export type Verification = {
  position: Position;
  events: number;
  /** SHA-256, in hex. */
  replayed: string;
  served: string;
  matches: boolean;
  firstDifference: JsonObject | null;
  /** Milliseconds. */
  took: number;
};

export type QueryContext = QueryDependencies & { caller: Caller };
