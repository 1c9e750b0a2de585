// From a request's headers to who is calling.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../access/caller.ts';
import type { Directory } from '../access/directory.ts';
import type { Instant } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { Key } from '../domain/key.ts';

/** What the headers said, already well-formed (headers.ts). */
export type Credentials = { secret: string | null; agent: string | null; correlationId: string };

export type FindCaller = (credentials: Credentials) => Promise<Caller>;

export type Callers = {
  find: FindCaller;
  /** The same caller with the rights that it has now; UNAUTHENTICATED when its key does not hold any more. */
  renew: (caller: Caller) => Promise<{ caller: Caller; expiresAt: Instant | null }>;
};

/** The key that a setting gives, which is in no log. */
const SETTINGS = '$settings';

const digest = (text: string) => createHash('sha256').update(text).digest();

const unauthenticated = () =>
  failure('UNAUTHENTICATED', 'this needs a key that is not wrong, revoked or expired: authorization: Bearer <key>');

export function createCallers(directory: Directory, adminKey: string | null, clock: () => Date): Callers {
  // Digests have one length, so comparing them tells nothing of the key's own.
  const adminDigest = adminKey === null ? null : digest(adminKey);

  async function find({ secret, agent, correlationId }: Credentials): Promise<Caller> {
    if (secret === null) throw unauthenticated();
    if (adminDigest !== null && timingSafeEqual(digest(secret), adminDigest))
      return administrator(SETTINGS, agent, correlationId);
    await directory.refresh();
    const key = directory.findKey(secret);
    if (key === null || !isValid(key, clock().toISOString())) throw unauthenticated();
    if (key.tenant === null) return administrator(key.id, agent, correlationId);
    return {
      role: key.role,
      tenant: key.tenant,
      keyId: key.id,
      correlationId,
      ...acting(directory, key.tenant, key, agent),
    };
  }

  async function renew(caller: Caller): Promise<{ caller: Caller; expiresAt: Instant | null }> {
    if (caller.keyId === SETTINGS) return { caller, expiresAt: null };
    await directory.refresh();
    const key = directory.key(caller.tenant, caller.keyId);
    if (key === null || !isValid(key, clock().toISOString())) throw unauthenticated();
    const { tenant, agent } = caller;
    const reader = tenant === null ? null : directory.readerOf(tenant, agent);
    return { caller: reader === caller.reader ? caller : { ...caller, reader }, expiresAt: key.expiresAt };
  }

  return { find, renew };
}

const isValid = (key: Key, now: string) => key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);

function acting(
  directory: Directory,
  tenant: string,
  key: Key,
  named: string | null,
): Pick<Caller, 'agent' | 'reader'> {
  if (key.role === 'AGENT' && named !== null && named !== key.agent)
    throw failure('FORBIDDEN', 'this key is for another agent than x-annals-agent names', { field: 'x-annals-agent' });
  const agent = key.role === 'AGENT' ? key.agent : named;
  return { agent, reader: directory.readerOf(tenant, agent) };
}

function administrator(keyId: string, agent: string | null, correlationId: string): Caller {
  if (agent !== null) throw failure('FORBIDDEN', 'the administrator acts for no agent', { field: 'x-annals-agent' });
  return { role: 'ADMIN', tenant: null, agent: null, keyId, correlationId, reader: null };
}
