// Which of several processes projects. Its holder counts a number up, again and again; whoever sees it stand still for
// the whole time to live takes the lease over. Each measures that on its own clock: no two clocks are compared.
import { z } from 'zod';
import type { Lease } from '../view-store.ts';
import { createInTurn } from './in-turn.ts';
import type { State, Stored } from './state.ts';

export type LeaseOptions = {
  /** Milliseconds after which a holder that does not renew has lost it. The same for all processes. */
  ttl: number;
  renewEvery: number;
};

export const LEASE: LeaseOptions = { ttl: 5_000, renewEvery: 1_000 };

export type ElasticLease = Lease & {
  /** Nobody else can have taken it yet. */
  isHeld(): boolean;
  /** It is another build's lease from now on. */
  forget(): void;
};

const lease = z.object({
  /** null: given up. */
  holder: z.string().nullable(),
  /** Raised with each new holder. */
  epoch: z.number(),
  counter: z.number(),
});

/** `taken` is called with each change of hands, before the lease counts as held. */
export function createLease(
  state: State,
  holder: string,
  { ttl, renewEvery }: LeaseOptions,
  taken: () => Promise<void>,
): ElasticLease {
  let mine: Stored | null = null;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let seen: { value: string; at: number } | null = null;
  const inTurn = createInTurn();

  const isHeld = () => mine !== null && performance.now() - renewedAt < ttl;

  async function renew(held: Stored): Promise<boolean> {
    const before = performance.now();
    const { epoch, counter } = lease.parse(JSON.parse(held.value));
    const written = await state.write('lease', JSON.stringify({ holder, epoch, counter: counter + 1 }), held);
    mine = written;
    if (written !== null) renewedAt = before;
    return written !== null;
  }

  async function take(): Promise<boolean> {
    const now = performance.now();
    const found = await state.read('lease');
    const { holder: other, epoch } = found ? lease.parse(JSON.parse(found.value)) : { holder: null, epoch: 0 };
    if (found !== null && other !== null && other !== holder && !stoodStill(found.value, now)) return false;
    const written = await state.write('lease', JSON.stringify({ holder, epoch: epoch + 1, counter: 0 }), found);
    if (written === null) return false;
    await taken();
    mine = written;
    renewedAt = now;
    return true;
  }

  function stoodStill(value: string, now: number): boolean {
    if (seen?.value !== value) seen = { value, at: now };
    return now - seen.at >= ttl;
  }

  return {
    renewEvery,
    isHeld,
    hold: () => inTurn(async () => (mine !== null && (await renew(mine))) || take()),
    release: () =>
      inTurn(async () => {
        if (mine === null) return;
        const { epoch } = lease.parse(JSON.parse(mine.value));
        const held = mine;
        mine = null;
        await state.write('lease', JSON.stringify({ holder: null, epoch, counter: 0 }), held);
      }),
    forget() {
      mine = null;
      seen = null;
    },
  };
}
