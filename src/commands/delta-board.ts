// The memories that a delta works on, each as it is after the delta's operations so far. Nothing is written before all
// of them are decided.
import type { Instant } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { MemoryEvent } from '../domain/memory.ts';
import { evolve, type MemoryView } from '../domain/memory-view.ts';
import type { VoteEvent } from '../domain/votes.ts';
import type { Expected } from '../log/event-log.ts';
import type { MemoryStream } from './memory-stream.ts';
import { lastRevision } from './stream.ts';

export type Sheet = {
  id: string;
  /** As it was before the delta. */
  loaded: MemoryStream;
  /** As it is after the operations so far. */
  view: MemoryView | null;
  decided: (MemoryEvent | VoteEvent)[];
  /** An operation depends on what was there: nothing of others may come between. */
  ordered: boolean;
};

/** A text that a memory of the delta claims, for those who deduplicate. */
export type Claim = { stream: string; expected: Expected; memory: string };

export type Board = {
  sheet(id: string): Promise<Sheet>;
  decide(sheet: Sheet, events: readonly (MemoryEvent | VoteEvent)[], ordered: boolean): void;
  claims: Claim[];
  /** In the order in which they were first asked for. */
  sheets(): Sheet[];
};

export type Load = (id: string) => Promise<MemoryStream>;

export function createBoard(
  load: Load,
  { tenant, actor, now }: { tenant: string; actor: string; now: Instant },
): Board {
  const sheets = new Map<string, Sheet>();
  return {
    claims: [],
    sheets: () => [...sheets.values()],

    async sheet(id) {
      const there = sheets.get(id);
      if (there !== undefined) return there;
      const loaded = await load(id);
      const sheet: Sheet = { id, loaded, view: loaded.state, decided: [], ordered: false };
      sheets.set(id, sheet);
      return sheet;
    },

    decide(sheet, events, ordered) {
      for (const event of events) {
        sheet.view = evolve(sheet.view, event, {
          tenant,
          id: sheet.id,
          revision: versionOf(sheet) + 1,
          recordedAt: now,
          actor,
        });
        sheet.decided.push(event);
      }
      sheet.ordered ||= ordered;
    },
  };
}

export function viewOf({ id, view }: Sheet): MemoryView {
  if (view === null) throw failure('INTERNAL', `an operation on memory ${id}, which is not there`);
  return view;
}

/** Counts what the delta has decided so far: operations see the versions that they would see one after the other. */
export const versionOf = ({ loaded, decided }: Sheet): number => lastRevision(loaded.events) + decided.length;
