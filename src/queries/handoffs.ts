// Handoffs: shown to those whom they concern. One is read from its stream, lists from the views.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import {
  canSee,
  evolve,
  type Handoff,
  type HandoffEvent,
  type HandoffStatus,
  isHandoffEvent,
  shownTo,
} from '../domain/handoff.ts';
import { streamName } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import { decodeKnown } from '../events/codec.ts';
import { agentName, teamName } from '../views/record-attributes.ts';
import type { RecordsPage } from '../views/view-store.ts';
import type { QueryContext } from './dependencies.ts';
import { type Fold, foldStream } from './fold-stream.ts';
import { pinnedMemories } from './pinned.ts';
import { present, type VisibleEvent } from './visible-events.ts';
import { waitFor } from './wait.ts';

export type HandoffsInput = {
  /** null: in any. */
  status: HandoffStatus | null;
  /** 1 to 100. */
  first: number;
  /** The cursor of a row that was given out before. */
  after: string | null;
  minPosition: Position | null;
};

export const handoffFold: Fold<Handoff, HandoffEvent> = { isOwn: isHandoffEvent, evolve };

/** null for what does not concern the caller, as for what there never was. */
export async function handoff(context: QueryContext, id: string): Promise<Handoff | null> {
  const reader = readerOf(context.caller);
  const found = await foldStream(context.log, streamName('handoff', reader.tenant, id), handoffFold);
  return found !== null && canSee(reader, found) ? shownTo(reader, found, context.clock().toISOString()) : null;
}

/** The caller's, sent or to be received; for the operator all of the tenant. */
export async function handoffs(context: QueryContext, input: HandoffsInput): Promise<RecordsPage<'handoff'>> {
  const reader = readerOf(context.caller);
  await waitFor(context, input.minPosition, 'minPosition');
  const now = context.clock().toISOString();
  const page = await context.views.records({
    kind: 'handoff',
    tenant: reader.tenant,
    where: { ...concerning(reader), ...(input.status !== null && { status: input.status }) },
    now,
    first: input.first,
    ...(input.after !== null && { after: input.after }),
  });
  const rows = page.rows
    .filter(({ document }) => canSee(reader, document))
    .map((row) => ({ ...row, document: shownTo(reader, row.document, now) }));
  return { ...page, rows };
}

const concerning = ({ agent, teams }: Reader): { participants?: string[] } =>
  agent === null ? {} : { participants: [agentName(agent), ...teams.map(teamName)] };

/** Every event of a handoff, oldest first, to those who see it; none to others. */
export async function handoffHistory(context: QueryContext, id: string): Promise<VisibleEvent[]> {
  const seen = await handoff(context, id);
  if (seen === null) return [];
  const recorded = await context.log.readStream(streamName('handoff', seen.tenant, id));
  const events = await present(context, decodeKnown(recorded));
  if (context.caller.agent === null) return events;
  const named = [...seen.memories, ...seen.withheld];
  const found = await pinnedMemories(
    context,
    named.map((memory) => ({ id: memory, pinnedAt: seen.pinnedAt })),
  );
  const readable = new Set(named.filter((_, index) => found[index] !== null));
  const memories = seen.memories.filter((id) => readable.has(id));
  const withheld = seen.withheld.filter((id) => readable.has(id));
  return events.map((event) =>
    event.type === 'handoff.offered' ? { ...event, data: { ...event.data, memories, withheld } } : event,
  );
}
