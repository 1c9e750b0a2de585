// Issuing and revoking keys.
import { checkName, checkOptionalText, checkTtl } from './checks.ts';
import type { Instant } from './event.ts';
import { failure } from './failure.ts';
import type { Key, KeyEvent, Role } from './key.ts';
import { limits } from './limits.ts';

/** Who issues: an administrator, or the holder of a tenant's key who acts for no agent. */
export type Issuer = { role: Role; tenant: string | null; agent: string | null };

export type NewKey = {
  tenant: string | null;
  role: Role;
  agent: string | null;
  label: string | null;
  /** Seconds; null: lasting. */
  ttl: number | null;
};

/** The tenant that the key will belong to; null for an administrator's. */
export function tenantOfNewKey(issuer: Issuer, { role, tenant }: NewKey): string | null {
  needKeyManager(issuer);
  if (tenant !== null) checkName(tenant, 'tenant');
  if (issuer.role === 'TENANT') {
    if (role === 'ADMIN')
      throw failure('FORBIDDEN', "only an administrator issues administrators' keys", { field: 'role' });
    if (tenant !== null && tenant !== issuer.tenant)
      throw failure('FORBIDDEN', "a tenant's key issues keys of that tenant only", { field: 'tenant' });
    return issuer.tenant;
  }
  if (role === 'ADMIN' && tenant !== null)
    throw failure('INVALID_INPUT', "an administrator's key belongs to no tenant", { field: 'tenant' });
  if (role !== 'ADMIN' && tenant === null)
    throw failure('INVALID_INPUT', 'tenant must be named for a key of this role', { field: 'tenant' });
  return tenant;
}

export function issue({ role, agent, label, ttl }: NewKey, hash: string, now: Instant): KeyEvent[] {
  if (role === 'AGENT') {
    if (agent === null) throw failure('INVALID_INPUT', "an agent's key must name the agent", { field: 'agent' });
    checkName(agent, 'agent');
  } else if (agent !== null)
    throw failure('INVALID_INPUT', 'only a key of the role AGENT names an agent', { field: 'agent' });
  checkOptionalText(label, 'label', limits.label);
  if (ttl !== null) checkTtl(ttl);
  const expiresAt = ttl === null ? null : new Date(Date.parse(now) + ttl * 1000).toISOString();
  return [{ type: 'key.issued', data: { hash, role, agent, label, expiresAt } }];
}

export const revoke = (key: Key): KeyEvent[] => (key.revokedAt === null ? [{ type: 'key.revoked', data: {} }] : []);

export function needKeyManager({ role, agent }: Issuer): void {
  if (role === 'AGENT' || agent !== null)
    throw failure('FORBIDDEN', "keys are managed with a tenant's key that acts for no agent, or by an administrator");
}
