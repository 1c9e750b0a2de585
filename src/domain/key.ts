// A key: its events and state. The secret itself is never kept, only its SHA-256.
import type { Instant, Recorded } from './event.ts';

export const roles = ['ADMIN', 'TENANT', 'AGENT'] as const;
export type Role = (typeof roles)[number];

export type KeyEvent =
  | {
      type: 'key.issued';
      data: { hash: string; role: Role; agent: string | null; label: string | null; expiresAt: Instant | null };
    }
  | { type: 'key.revoked'; data: Record<string, never> };

export type Key = {
  id: string;
  /** null for an administrator's key. */
  tenant: string | null;
  /** SHA-256 of the secret, hex. */
  hash: string;
  role: Role;
  agent: string | null;
  label: string | null;
  createdAt: Instant;
  expiresAt: Instant | null;
  revokedAt: Instant | null;
};

export function evolve(state: Key | null, event: KeyEvent, at: Recorded): Key | null {
  switch (event.type) {
    case 'key.issued':
      return {
        ...event.data,
        id: at.id,
        tenant: event.data.role === 'ADMIN' ? null : at.tenant,
        createdAt: at.recordedAt,
        revokedAt: null,
      };
    case 'key.revoked':
      return state && { ...state, revokedAt: state.revokedAt ?? at.recordedAt };
  }
}
