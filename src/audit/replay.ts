// One tenant's log through the projections, into documents that nobody serves. They are kept as text: small, and its
// length is known. What is more than there is room for, by id, is left to another replay.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { itemOf } from '../../projections/prepare.ts';
import { projected, projectPage } from '../../projections/project-page.ts';
import type { Position, RecordedEvent } from '../domain/event.ts';
import { parseStream } from '../domain/streams.ts';
import type { DecodedEvent } from '../events/codec.ts';
import type { EventLog } from '../log/event-log.ts';
import type { DocumentKey, DocumentKind, Documents } from '../views/view-store.ts';

export type Replay = {
  /** Folds what comes after what it has, up to a position. From the second time on its range stays as it is. */
  advance(until: Position): Promise<void>;
  /** Takes out the documents of a kind with ids up to this one (null: all), by id. */
  take<K extends DocumentKind>(kind: K, upTo: string | null): { id: string; document: Documents[K] }[];
  peek<K extends DocumentKind>(kind: K, id: string): Documents[K] | null;
  /** The greatest id it had room for; null: all from `above` on. */
  upTo(): string | null;
  /** Events read, of all ids. */
  events(): number;
  /** The first event, of an id in the range, that cannot be read; it and what follows in its stream are left out. */
  unreadable(): RecordedEvent | null;
};

export type ReplayOptions = {
  /** Only ids greater than this. */
  above: string | null;
  /** Characters of documents. */
  room: number;
  onPage?: (events: number) => void;
};

/** Between two of them others have their turn. */
const PAGE = 500;

export function createReplay(log: EventLog, tenant: string, { above, room, onPage }: ReplayOptions): Replay {
  const documents = new Map<DocumentKind, Map<string, string>>();
  /** Ids up to here were taken; null: all. */
  const taken = new Map<DocumentKind, string | null>();
  let upTo: string | null = null;
  let position: Position | null = null;
  let advanced = false;
  let characters = 0;
  let events = 0;
  let unreadable: RecordedEvent | null = null;
  /** Streams with an event that cannot be read. */
  const unread = new Set<string>();

  const ofKind = (kind: DocumentKind) => {
    const found = documents.get(kind) ?? new Map<string, string>();
    documents.set(kind, found);
    return found;
  };
  const within = (id: string) => (above === null || id > above) && (upTo === null || id <= upTo);
  const isTaken = (kind: DocumentKind, id: string) => {
    const last = taken.get(kind);
    return last === null || (last !== undefined && id <= last);
  };

  // Under a kind are that kind's documents, which were JSON before: the text cannot say so.
  const parse = <K extends DocumentKind>(_kind: K, text: string) => JSON.parse(text) as Documents[K];

  const load = async (keys: readonly DocumentKey[]) =>
    keys.map(({ kind, id }) => {
      const text = ofKind(kind).get(id);
      return text === undefined ? undefined : parse(kind, text);
    });

  /** Null for what is not known here, and where it or one before it in its stream cannot be read. */
  function read(event: RecordedEvent): DecodedEvent | null {
    if (unread.has(event.stream)) return null;
    const { decoded, fault } = itemOf(event);
    if (fault !== null) {
      unread.add(event.stream);
      unreadable ??= event;
    }
    return decoded;
  }

  async function fold(recorded: readonly RecordedEvent[]): Promise<void> {
    const own = recorded.filter(({ stream }) => within(parseStream(stream)?.id ?? ''));
    const decoded = own.map(read).filter((event) => event !== null);
    for (const { kind, id, document } of await projectPage(decoded, load)) {
      if (isTaken(kind, id)) continue;
      const text = JSON.stringify(document);
      characters += text.length - (ofKind(kind).get(id)?.length ?? 0);
      ofKind(kind).set(id, text);
    }
  }

  /** Leaves the greater half of the ids to another replay. */
  function halve(): void {
    const ids = [...new Set([...documents.values()].flatMap((kept) => [...kept.keys()]))].sort();
    const last = ids[Math.floor((ids.length - 1) / 2)];
    if (last === undefined || ids.length < 2) return;
    upTo = last;
    characters = 0;
    for (const kept of documents.values())
      for (const [id, text] of kept)
        if (id > last) kept.delete(id);
        else characters += text.length;
  }

  return {
    async advance(until) {
      while (position === null || position < until) {
        const page = await log.read({ after: position, until, tenant, categories: projected, limit: PAGE });
        events += page.events.length;
        await fold(page.events);
        while (!advanced && characters > room && countOf(documents) > 1) halve();
        position = page.position;
        onPage?.(page.events.length);
        await nextTurn();
        if (page.end) break;
      }
      advanced = true;
    },
    take(kind, last) {
      const kept = ofKind(kind);
      const ids = [...kept.keys()].filter((id) => last === null || id <= last).sort();
      taken.set(kind, last);
      return ids.map((id) => {
        const text = kept.get(id) ?? '';
        kept.delete(id);
        return { id, document: parse(kind, text) };
      });
    },
    peek(kind, id) {
      const text = ofKind(kind).get(id);
      return text === undefined ? null : parse(kind, text);
    },
    upTo: () => upTo,
    events: () => events,
    unreadable: () => unreadable,
  };
}

const countOf = (documents: ReadonlyMap<DocumentKind, ReadonlyMap<string, string>>): number =>
  new Set([...documents.values()].flatMap((kept) => [...kept.keys()])).size;
