// Who there is: teams and keys.
import { readerOf } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import type { Key } from '../domain/key.ts';
import type { Team } from '../domain/team.ts';
import type { QueryContext } from './dependencies.ts';

/** Every agent of a tenant may know its teams: it shares memories with them by name. */
export async function teams({ caller, directory }: QueryContext): Promise<Team[]> {
  const { tenant } = readerOf(caller);
  await directory.refresh();
  return directory.teams(tenant);
}

/** The tenant's for its operator, all for the administrator. */
export async function keys({ caller, directory }: QueryContext): Promise<Key[]> {
  if (caller.agent !== null)
    throw failure('FORBIDDEN', "keys are shown to the tenant's operator and the administrator");
  await directory.refresh();
  return directory.keys(caller.tenant);
}
