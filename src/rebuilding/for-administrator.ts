// A rebuild concerns all tenants: only the administrator asks for it, and sees how it goes.
import { type Caller, needAdministrator } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import type { Rebuilding, RebuildOptions } from './rebuilding.ts';
import type { RebuildStatus } from './status.ts';

export type RebuildingFor = {
  status(): Promise<RebuildStatus>;
  start(options: RebuildOptions): Promise<RebuildStatus>;
  back(options: RebuildOptions): Promise<RebuildStatus>;
  drop(): Promise<RebuildStatus>;
};

/** `rebuilding` is null for views that have no builds. */
export const rebuildingFor =
  (rebuilding: Rebuilding | null) =>
  (caller: Caller): RebuildingFor => {
    async function asked(work: (allowed: Rebuilding) => Promise<unknown>): Promise<RebuildStatus> {
      needAdministrator(caller, 'views are rebuilt by the administrator');
      if (rebuilding === null) throw failure('UNAVAILABLE', 'the views of this server cannot be rebuilt beside');
      await work(rebuilding);
      return rebuilding.status();
    }

    return {
      status: () => asked(async () => {}),
      start: (options) => asked((allowed) => allowed.start(options)),
      back: (options) => asked((allowed) => allowed.back(options)),
      drop: () => asked((allowed) => allowed.drop()),
    };
  };
