// Which memory of the caller holds a text already. A claim stream for each text makes callers who deduplicate at the same
// time agree; what was recorded without dedupe, or came to its text by a revision, is found in the views.
import type { Instant, RecordedEvent } from '../domain/event.ts';
import { isAlive } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import { decode } from '../events/codec.ts';
import type { Expected } from '../log/event-log.ts';
import { textKey } from '../text/text-key.ts';
import type { CommandContext, MemoryResult } from './context.ts';
import { loadMemory } from './memory-stream.ts';
import { lastPosition } from './stream.ts';

/** `claim` is what to append to when nobody holds the text. */
export type Holding = { holder: MemoryResult | null; claim: { stream: string; expected: Expected } };

/** Finds the holder of a text by its key. The views are waited for once, whatever number of texts is asked for. */
export function holdersFor(context: CommandContext, tenant: string, now: Instant): (key: string) => Promise<Holding> {
  const { log, findText } = context;
  let waiting: Promise<void> | null = null;
  const viewsCaughtUp = () => {
    waiting ??= log.head().then(context.caughtUp);
    return waiting;
  };

  // Whoever names the candidate, its own stream tells what it is worth now.
  async function held(id: string, key: string): Promise<MemoryResult | null> {
    const { state: view, events } = await loadMemory(log, tenant, id);
    if (view === null || !holds(view, key, now)) return null;
    return { memory: view, position: lastPosition(events), duplicate: true };
  }

  async function firstHeld(ids: readonly string[], key: string): Promise<MemoryResult | null> {
    for (const id of ids) {
      const found = await held(id, key);
      if (found !== null) return found;
    }
    return null;
  }

  return async (key) => {
    const stream = streamName('text', tenant, key);
    const claims = await log.readStream(stream);
    const claim: Holding['claim'] = { stream, expected: claims.at(-1)?.revision ?? 'none' };
    const claimed = await firstHeld(claimant(claims), key);
    if (claimed !== null) return { holder: claimed, claim };
    await viewsCaughtUp();
    return { holder: await firstHeld(await findText(tenant, key, now), key), claim };
  };
}

/** Whether a memory is worth being answered in place of a new one. */
export const holds = ({ memory }: MemoryView, key: string, now: Instant): boolean =>
  isAlive(memory, now) && memory.deprecation === null && textKey(memory) === key;

/** The memory that claimed the text last, if any. */
function claimant(claims: readonly RecordedEvent[]): string[] {
  const last = claims.at(-1);
  const event = last && decode(last)?.event;
  return event?.type === 'text.claimed' ? [event.data.memory] : [];
}
