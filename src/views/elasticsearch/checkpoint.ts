// How far the projections are, and what they left out. Who takes the lease writes the same again, and from then on
// whatever its former holder still wants to write is refused: that is the fence.
import { z } from 'zod';
import type { Position } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import { parkedStream } from '../parked-stream.ts';
import type { ParkedStream, Parking } from '../view-store.ts';
import type { State, Stored } from './state.ts';

const checkpoint = z.object({
  /** Who wrote it: so that no two processes ever write the same. */
  writer: z.string(),
  position: z.string().nullable(),
  parked: z.array(parkedStream),
});
type Checkpoint = z.infer<typeof checkpoint>;

const nothing: Checkpoint = { writer: '', position: null, parked: [] };

/** A new holder and the former one may write in turns this often until one is through. */
const ATTEMPTS = 10;

export type Reached = {
  position: Position | null;
  /** Another whenever something was projected, also where the position stays. */
  version: string;
};

export type Checkpoints = {
  read(): Promise<Position | null>;
  reached(): Promise<Reached>;
  parked(): Promise<ParkedStream[]>;
  /** Whatever another process writes from now on is refused. Gives back how far it came. */
  fence(): Promise<Position | null>;
  /** Nobody has written it since this process did. */
  isMine(): Promise<boolean>;
  /** Fails with UNAVAILABLE when another process has written it. It never goes back. */
  move(to: Position, parking?: Parking): Promise<void>;
};

export function createCheckpoints(state: State, writer: string): Checkpoints {
  /** As this process last wrote it. */
  let mine: Stored | null = null;

  const read = () => state.read('checkpoint');
  const contentOf = (stored: Stored | null): Checkpoint =>
    stored === null ? nothing : checkpoint.parse(JSON.parse(stored.value));

  return {
    read: async () => contentOf(await read()).position,
    async reached() {
      const stored = await read();
      return { position: contentOf(stored).position, version: `${stored?.primaryTerm} ${stored?.seqNo}` };
    },
    parked: async () => contentOf(await read()).parked,

    async fence() {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = await read();
        mine = await state.write('checkpoint', JSON.stringify({ ...contentOf(found), writer }), found);
        if (mine !== null) return contentOf(mine).position;
      }
      throw failure('UNAVAILABLE', 'the views are being written by another process');
    },

    async isMine() {
      if (mine === null) return false;
      const found = await read();
      return found?.seqNo === mine.seqNo && found.primaryTerm === mine.primaryTerm;
    },

    async move(to, parking) {
      if (mine === null) throw fencedOff();
      const { position, parked } = contentOf(mine);
      const next: Checkpoint = {
        writer,
        position: position !== null && position > to ? position : to,
        parked: parking === undefined ? parked : parkedAfter(parked, parking),
      };
      const value = JSON.stringify(next);
      if (value === mine.value) return;
      mine = await state.write('checkpoint', value, mine);
      if (mine === null) throw fencedOff();
    },
  };
}

const fencedOff = () => failure('UNAVAILABLE', 'another process has taken over writing the views');

function parkedAfter(before: readonly ParkedStream[], { park, release }: Parking): ParkedStream[] {
  const streams = new Map(before.map((parked) => [parked.stream, parked]));
  for (const stream of release) streams.delete(stream);
  for (const parked of park) streams.set(parked.stream, parked);
  return [...streams.values()].sort((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0));
}
