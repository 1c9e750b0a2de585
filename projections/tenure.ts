// Whether this process projects. Views of its own it always does; those that several share it does while it has their
// lease, which it asks for again and again, before it lapses, whether it has it or not.
import type { Lease } from '../src/views/view-store.ts';

export type Tenure = {
  begin(): void;
  holds(): boolean;
  /** Asks no more at once, and gives the lease up when the work is finished. */
  end(finished: Promise<unknown> | null): Promise<void>;
};

export type TenureOptions = {
  /** Undefined: nobody else projects. */
  lease: Lease | undefined;
  /** It has changed who projects. */
  changed: () => void;
  warn: (details: object, message: string) => void;
};

export function createTenure({ lease, changed, warn }: TenureOptions): Tenure {
  if (lease === undefined) return { begin() {}, holds: () => true, async end() {} };
  let held = false;
  let ended = false;
  let failing = false;
  let asking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function ask(of: Lease): Promise<void> {
    const began = performance.now();
    try {
      const granted = await of.hold();
      failing = false;
      if (granted !== held) {
        held = granted;
        changed();
      }
    } catch (err) {
      // Who had it goes on: if another has it now, the views refuse what is written without it.
      if (!failing) warn({ err }, 'the views cannot tell who projects');
      failing = true;
    }
    // Timers and this clock know nothing of a time of day that is set.
    const next = of.renewEvery - (performance.now() - began);
    if (!ended) timer = setTimeout(again, Math.max(0, next));
  }

  function again(): void {
    asking = ask(lease as Lease);
  }

  return {
    begin: () => {
      if (asking === null && !ended) again();
    },
    holds: () => held && !ended,
    async end(finished) {
      ended = true;
      clearTimeout(timer);
      await Promise.all([asking, finished]);
      if (!held) return;
      held = false;
      await lease
        .release()
        .catch((err: unknown) => warn({ err }, 'the lease of the views was not given up, and lapses'));
    },
  };
}
