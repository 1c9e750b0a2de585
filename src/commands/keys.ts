// Keys: issued and revoked by the tenant's operator for its tenant, and by an administrator for any.

import { v7 } from 'uuid';
import { hashOf, newSecret } from '../access/secret.ts';
import { failure } from '../domain/failure.ts';
import type { Key, KeyEvent } from '../domain/key.ts';
import { issue, needKeyManager, revoke, tenantOfNewKey } from '../domain/key-decisions.ts';
import { SERVER, streamName } from '../domain/streams.ts';
import type { Expected } from '../log/event-log.ts';
import type { CommandContext, KeyResult } from './context.ts';
import type { IssueKeyInput } from './inputs.ts';
import { requestOf, within } from './request.ts';

export const issueKey = (context: CommandContext, input: IssueKeyInput): Promise<KeyResult> =>
  within('input', async () => {
    const { role, tenant = null, agent = null, label = null, ttl = null } = input;
    const given = { role, tenant, agent, label, ttl };
    const owner = tenantOfNewKey(context.caller, given);
    const secret = newSecret();
    const issued = issue(given, hashOf(secret), context.clock().toISOString());
    return { key: await append(context, owner, v7(), issued, 'none'), secret };
  });

export async function revokeKey(context: CommandContext, id: string): Promise<Key> {
  needKeyManager(context.caller);
  await context.directory.refresh();
  const key = context.directory.key(context.caller.tenant, id);
  if (key === null) throw failure('NOT_FOUND', 'there is no such key', { field: 'id' });
  // Of two revocations at once the first counts (the fold sees to it), so that neither needs to know of the other.
  return append(context, key.tenant, id, revoke(key), 'any');
}

/** The key as the log has it afterwards. */
async function append(
  context: CommandContext,
  tenant: string | null,
  id: string,
  events: readonly KeyEvent[],
  expected: Expected,
): Promise<Key> {
  const { log, directory } = context;
  const stream = streamName('key', tenant ?? SERVER, id);
  const { encodeFor } = requestOf(context, tenant ?? SERVER);
  if (events.length > 0) await log.append([{ stream, expected, events: encodeFor(stream, events) }]);
  await directory.refresh();
  const key = directory.key(tenant, id);
  if (key === null) throw failure('INTERNAL', 'a key that is not in the directory');
  return key;
}
