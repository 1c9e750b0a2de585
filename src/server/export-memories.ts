// What GET /export?format=memories gives: every memory that the caller may read, one JSON object a line, in the order in which
// they last changed.
import type { Projector } from '../../projections/projector.ts';
import { effectivenessOf } from '../domain/effectiveness.ts';
import type { Instant, Position, RecordedEvent } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { sourcesFor } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { parseStream } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ViewReader } from '../views/view-store.ts';

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
    const now = clock().toISOString();
    const found = await views.get(reader, page.events.map(memoryOf), now);
    const lines = page.events.flatMap((event, index) => lineOf(event, found[index] ?? null));
    const text = (await withoutUnreadable(views, reader, lines, now))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    if (text !== '') yield text;
    if (page.end) return;
    after = page.position;
  }
}

const memoryOf = (event: RecordedEvent): string => parseStream(event.stream)?.id ?? '';

type Line = ReturnType<typeof lineOf>[number];

function lineOf(event: RecordedEvent, view: MemoryView | null) {
  if (view === null) return [];
  const { tenant: _tenant, forgotten: _forgotten, revision, ...memory } = view.memory;
  const version = Math.max(revision, view.votes.revision);
  if (event.revision !== version) return [];
  return [{ position: event.position, ...memory, version, effectiveness: effectivenessOf(view.votes.votes) }];
}

/** To an agent without the names of memories that it may not read; it is not to know that there are such. */
async function withoutUnreadable(views: ViewReader, reader: Reader, lines: Line[], now: Instant): Promise<Line[]> {
  const named = [...new Set(lines.flatMap(memoriesNamed))];
  if (reader.agent === null || named.length === 0) return lines;
  const found = await views.get(reader, named, now);
  const readable = new Set(named.filter((_, index) => found[index] !== null));
  const shown = (id: string | null) => (id !== null && readable.has(id) ? id : null);
  return lines.map(({ sources, deprecation, ...line }) => ({
    ...line,
    sources: sourcesFor(sources, (id) => readable.has(id)),
    deprecation: deprecation && { ...deprecation, supersededBy: shown(deprecation.supersededBy) },
  }));
}

const memoriesNamed = ({ sources, deprecation }: Line): string[] => [
  ...sources.flatMap(({ memory }) => memory ?? []),
  ...(deprecation?.supersededBy ? [deprecation.supersededBy] : []),
];
