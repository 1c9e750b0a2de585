// The audit: the log replayed, and compared with what is served.
import { failure } from '../domain/failure.ts';
import type { QueryContext, Verification } from './dependencies.ts';
import { waitFor } from './wait.ts';

/** Of the tenant, for its operator; of all tenants for the administrator, who is told of places and never of contents. */
export async function verify(context: QueryContext): Promise<Verification> {
  const { caller, directory, log } = context;
  if (caller.agent !== null) throw failure('FORBIDDEN', "verifying is for the tenant's operator and the administrator");
  await directory.refresh();
  await waitFor(context, await log.head(), 'position');
  return context.verify(caller.tenant === null ? directory.tenants().sort() : [caller.tenant]);
}
