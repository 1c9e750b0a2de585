// What could not be projected, of all tenants.
import { needAdministrator } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { ParkedStream } from '../views/view-store.ts';
import type { QueryContext } from './dependencies.ts';
import { waitFor } from './wait.ts';

export async function parkedStreams(context: QueryContext, minPosition: Position | null): Promise<ParkedStream[]> {
  needAdministrator(context.caller, 'parked streams are shown to the administrator');
  await waitFor(context, minPosition, 'minPosition');
  return context.views.parked();
}
