// A subscription: what is there after a place, and then what comes. It reads the store from where it is, so events are
// never queued for it: a client that is slow falls behind and catches up.
import { unavailable } from './protocol-error.ts';
import { caughtUp, checkpoint, confirmation, eventAnswer, fellBehind } from './read-answers.ts';
import { drained, type ReadCall } from './read-calls.ts';
import type { ReadRequest } from './requests.ts';
import type { Store } from './store.ts';
import type { StoredEvent } from './stored-event.ts';

export type Subscription = {
  call: ReadCall;
  request: ReadRequest;
  store: Store;
  /** Breaks after so many events. */
  dropAfter: number;
  twice: boolean;
};

/** Events that are read at once. */
const PAGE = 256;
/** Events that a live subscription may have waiting before it is told that it fell behind. */
const LIVE_BUFFER = 32;

export async function subscribe({ call, request, store, dropAfter, twice }: Subscription): Promise<void> {
  const { stream, filter } = request;
  let place = beginning(store, request);
  let live = false;
  let sent = 0;
  let sinceCheckpoint = 0;
  const bell = createBell(store, call);

  call.write(confirmation());
  while (!call.cancelled) {
    const events = next();
    if (events.length === 0) {
      if (!live) call.write(caughtUp());
      live = true;
      await bell.rings();
      continue;
    }
    if (live && events.length > LIVE_BUFFER) {
      call.write(fellBehind());
      live = false;
    }
    for (const event of events) {
      if (call.cancelled) break;
      await send(event);
    }
  }

  function next(): StoredEvent[] {
    if (stream === null) return store.readAll(place + 1, PAGE, false);
    const page = store.readStream(stream, place + 1, PAGE, false);
    return page.kind === 'found' ? page.events : [];
  }

  async function send(event: StoredEvent): Promise<void> {
    place = stream === null ? event.position : event.revision;
    let room = true;
    if (filter === null || filter.matches(event)) {
      if (sent >= dropAfter) throw unavailable();
      room = call.write(eventAnswer(event));
      if (twice) room = call.write(eventAnswer(event));
      sent += 1;
    }
    sinceCheckpoint += 1;
    if (filter !== null && sinceCheckpoint >= filter.checkpointEvery) {
      sinceCheckpoint = 0;
      room = call.write(checkpoint(event.position));
    }
    if (!room) await drained(call);
  }
}

/** The place that a subscription begins after. */
function beginning(store: Store, { stream, from }: ReadRequest): number {
  if (from === 'start') return -1;
  if (from !== 'end') return from;
  if (stream === null) return store.lastPosition();
  const page = store.readStream(stream, Number.POSITIVE_INFINITY, 1, true);
  return page.kind === 'found' ? (page.events[0]?.revision ?? -1) : -1;
}

/** Rings when something was appended since it rang last, and when the client has gone. */
function createBell(store: Store, call: ReadCall): { rings(): Promise<void> } {
  let rung = false;
  let wake = () => {};
  const ring = () => {
    rung = true;
    wake();
  };
  const silence = store.onAppend(ring);
  call.on('cancelled', () => {
    silence();
    ring();
  });
  return {
    async rings() {
      if (!rung)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      rung = false;
    },
  };
}
