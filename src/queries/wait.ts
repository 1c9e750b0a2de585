// Reading one's own writes: a read waits until the views have what the caller has seen.
import type { Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { QueryContext } from './dependencies.ts';

/** Milliseconds. */
const PATIENCE = 2_000;

/**
 * Waits until the views have `text`'s position; INDEX_BEHIND when they have not in two seconds, UNAVAILABLE while they are
 * away. Gives back what is left of them.
 */
export async function waitFor(context: QueryContext, text: Position | null, field: string): Promise<number> {
  if (text === null) return 0;
  const position = await context.log.parsePosition(text, field);
  const { projector, views } = context;
  const begin = performance.now();
  if (projector.failure() !== null) await views.checkpoint();
  if (!(await projector.waitFor(position, PATIENCE))) {
    await views.checkpoint();
    throw failure('INDEX_BEHIND', `${field} was not reached within ${PATIENCE / 1000} s; try again`, {
      field,
      limit: PATIENCE,
    });
  }
  return Math.max(0, PATIENCE - (performance.now() - begin));
}

/** As `waitFor`, and then within what is left also for the vectors, which may come later. */
export async function waitForVectors(context: QueryContext, text: Position | null, field: string): Promise<void> {
  const left = await waitFor(context, text, field);
  if (left > 0 && (await context.pump?.idle(left)) === true) await context.views.refresh();
}
