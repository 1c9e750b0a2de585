// The keys of all tenants, found by secret or by id.
import type { Recorded } from '../domain/event.ts';
import { evolve, type Key, type KeyEvent } from '../domain/key.ts';
import { hashOf } from './secret.ts';

export function keyring() {
  const byId = new Map<string, Key>();
  const byHash = new Map<string, Key>();
  const isOf = (tenant: string | null) => (key: Key) => tenant === null || key.tenant === tenant;

  return {
    apply(event: KeyEvent, at: Recorded): void {
      const key = evolve(byId.get(at.id) ?? null, event, at);
      if (key === null) return;
      byId.set(key.id, key);
      byHash.set(key.hash, key);
    },
    find: (secret: string): Key | null => byHash.get(hashOf(secret)) ?? null,
    get(tenant: string | null, id: string): Key | null {
      const key = byId.get(id);
      return key !== undefined && isOf(tenant)(key) ? key : null;
    },
    /** Oldest first. */
    list: (tenant: string | null): Key[] => [...byId.values()].filter(isOf(tenant)),
    tenants: (): string[] => [
      ...new Set([...byId.values()].map((key) => key.tenant).filter((tenant) => tenant !== null)),
    ],
  };
}
