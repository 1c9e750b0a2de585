// Handoffs that are offered and will expire, folded from the log. Of very many it keeps those that expire soonest.
import type { Instant, Position } from '../domain/event.ts';
import type { DecodedEvent } from '../events/codec.ts';

export type OpenOffer = { stream: string; tenant: string; id: string; expiresAt: Instant };

export type OpenOffers = {
  take(decoded: DecodedEvent): void;
  drop(offer: OpenOffer): void;
  /** Those that have expired. */
  due(now: Instant): OpenOffer[];
  /** When the next expires. */
  next(): Instant | null;
  /** What was kept is through, and later ones were left out: the log must be read again, from its beginning. */
  isExhausted(): boolean;
  /** Before the log is read again: of what comes until `position`, all that was kept is through. */
  reset(position: Position): void;
};

export function createOpenOffers(most: number): OpenOffers {
  const open = new Map<string, OpenOffer>();
  /** Offers that expire then or later are left out. */
  let horizon: Instant | null = null;
  /** Offers up to that position that expire earlier are through. */
  let through: { expiresAt: Instant; position: Position } | null = null;

  /** Half of them go, so that the next few need no sorting. */
  function shrink(): void {
    const soonest = [...open.values()].sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1));
    const left = soonest.slice(Math.ceil(most / 2));
    for (const { stream } of left) open.delete(stream);
    horizon = left[0]?.expiresAt ?? horizon;
  }

  return {
    take({ event, stream, position, at: { tenant, id } }) {
      if (event.type !== 'handoff.offered') {
        if (event.type.startsWith('handoff.')) open.delete(stream);
        return;
      }
      const { expiresAt } = event.data;
      if (expiresAt === null || (horizon !== null && expiresAt >= horizon)) return;
      if (through !== null && position <= through.position && expiresAt < through.expiresAt) return;
      open.set(stream, { stream, tenant, id, expiresAt });
      if (open.size > most) shrink();
    },
    drop: ({ stream }) => open.delete(stream),
    due: (now) => [...open.values()].filter(({ expiresAt }) => expiresAt <= now),
    next: () =>
      [...open.values()].reduce<Instant | null>(
        (soonest, { expiresAt }) => (soonest === null || expiresAt < soonest ? expiresAt : soonest),
        null,
      ),
    isExhausted: () => open.size === 0 && horizon !== null,
    reset(position) {
      open.clear();
      if (horizon !== null) through = { expiresAt: horizon, position };
      horizon = null;
    },
  };
}
