// What GET /export?format=memories gives: every memory that the caller may read, one JSON object a line, in the order in which
// they last changed.
import type { Projector } from '../../projections/projector.ts';
import { effectivenessOf } from '../domain/effectiveness.ts';
import type { Position, RecordedEvent } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { parseStream } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import type { EventLog } from '../log/event-log.ts';
import type { MemoryView, ViewReader } from '../views/view-store.ts';

/** Events looked at in one step: what is in memory for one export. */
const STEP = 500;
const CATCH_UP_MS = 10_000;

type Sources = { log: EventLog; views: ViewReader; projector: Projector; clock: () => Date };

/**
 * Walks the log and gives a memory at its last event, which the revision in the view tells: each once, and none that
 * changes meanwhile is missed, as its newer event is still ahead. So a line's position is a place to resume from.
 */
export async function* memoryLines(
  { log, views, projector, clock }: Sources,
  reader: Reader,
  start: Position | null,
): AsyncGenerator<string> {
  for (let after = start; ; ) {
    const page = await log.read({ after, categories: ['memory'], tenant: reader.tenant, limit: STEP });
    if (!(await projector.waitFor(page.position, CATCH_UP_MS)))
      throw failure('INDEX_BEHIND', 'the views do not keep up with the log');
    const found = await views.get(reader, page.events.map(memoryOf), clock().toISOString());
    const text = page.events.map((event, index) => lineOf(event, found[index] ?? null)).join('');
    if (text !== '') yield text;
    if (page.end) return;
    after = page.position;
  }
}

const memoryOf = (event: RecordedEvent): string => parseStream(event.stream)?.id ?? '';

function lineOf(event: RecordedEvent, view: MemoryView | null): string {
  if (view === null) return '';
  const { tenant: _tenant, forgotten: _forgotten, revision, ...memory } = view.memory;
  const version = Math.max(revision, view.votes.revision);
  if (event.revision !== version) return '';
  const effectiveness = effectivenessOf(view.votes.votes);
  return `${JSON.stringify({ position: event.position, ...memory, version, effectiveness })}\n`;
}
