// Verify: the log replayed into documents that nobody served, and compared one by one with those that are.
import { createHash, type Hash } from 'node:crypto';
import type { Position, RecordedEvent } from '../domain/event.ts';
import { parseStream } from '../domain/streams.ts';
import type { EventLog } from '../log/event-log.ts';
import type { DocumentKind, Documents, ViewReader } from '../views/view-store.ts';
import { type Difference, describe } from './differences.ts';
import { canonical, formOf, portable } from './forms.ts';
import { createReplay, type Replay } from './replay.ts';

export type Verified = {
  /** Up to where the log was replayed: how far the views are. */
  position: Position;
  /** Events replayed. */
  events: number;
  /** Documents compared. */
  documents: number;
  /** SHA-256 over the state, which is free of positions: the same events in another log give the same. */
  replayed: string;
  served: string;
  matches: boolean;
  firstDifference: Difference | null;
};

export type VerifyParts = { log: EventLog; views: Pick<ViewReader, 'scan'>; clock: () => Date };

export type VerifyOptions = {
  /** Told of each page of events that was read. */
  onEvents?: (events: number) => void;
  /** Characters of documents that are held at once; what is more is replayed again, for the ids that are left. */
  room?: number;
  /** Documents asked for at once. */
  pageSize?: number;
};

/** A memory's votes come before itself: whether they count is known as long as it is there. */
const kinds: readonly DocumentKind[] = ['votes', 'memory', 'session', 'handoff', 'feature', 'run'];

const ROOM = 128 * 2 ** 20;
const PAGE = 1_000;

/**
 * Compares all documents of these tenants. The views may move on meanwhile: each page of them is compared with the log
 * replayed to just where that page stands.
 */
export async function verify(
  parts: VerifyParts,
  tenants: readonly string[],
  options: VerifyOptions = {},
): Promise<Verified> {
  const tally = createTally(parts, options);
  for (const tenant of tenants) {
    for (let above: string | null = null; ; ) {
      above = await tally.compareRange(tenant, above);
      if (above === null) break;
    }
  }
  return tally.result();
}

type Row = { id: string; document: Documents[DocumentKind] };

function createTally({ log, views, clock }: VerifyParts, { onEvents, room = ROOM, pageSize = PAGE }: VerifyOptions) {
  /** By tenant and kind, so that the order of the ids in one hash is the same however many ranges there were. */
  const hashes = new Map<string, { replayed: Hash; served: Hash }>();
  let position = log.start;
  let documents = 0;
  let events = 0;
  let firstDifference: Difference | null = null;

  /** Compares the ids above one, as far as there is room for; gives back the last, or null when it was all. */
  async function compareRange(tenant: string, above: string | null): Promise<string | null> {
    const replay = createReplay(log, tenant, { above, room, ...(onEvents && { onPage: onEvents }) });
    for (const kind of kinds) await compareKind(replay, tenant, kind, above);
    // Each range reads all events again.
    if (above === null) events += replay.events();
    return replay.upTo();
  }

  async function compareKind(replay: Replay, tenant: string, kind: DocumentKind, above: string | null): Promise<void> {
    for (let after = above; ; ) {
      const page = await views.scan({ kind, tenant, after, limit: pageSize });
      const until = page.position ?? log.start;
      await replay.advance(until);
      firstDifference ??= faultOf(replay.unreadable());
      const upTo = replay.upTo();
      const rows = page.rows.filter(({ id }) => upTo === null || id <= upTo);
      const isLast = page.rows.length < pageSize || rows.length < page.rows.length;
      after = isLast ? upTo : (page.rows.at(-1)?.id ?? upTo);
      await comparePage(replay, { tenant, kind, until, upTo: after }, rows);
      if (until > position) position = until;
      if (isLast) return;
    }
  }

  type Page = { tenant: string; kind: DocumentKind; until: Position; upTo: string | null };

  async function comparePage(replay: Replay, { tenant, kind, until, upTo }: Page, served: readonly Row[]) {
    const now = clock().toISOString();
    const formsOf = (rows: readonly Row[]) =>
      new Map(
        rows.flatMap(({ id, document }) => {
          const form = formOf(document, kind === 'votes' ? replay.peek('memory', id) : null, now);
          return form === null ? [] : [[id, form] as const];
        }),
      );
    const replayed = formsOf(replay.take(kind, upTo));
    const theirs = formsOf(served);
    const hash = hashOf(tenant, kind);
    for (const id of [...new Set([...replayed.keys(), ...theirs.keys()])].sort()) {
      const [ours, other] = [replayed.get(id) ?? null, theirs.get(id) ?? null];
      add(hash.replayed, id, ours);
      add(hash.served, id, other);
      documents += 1;
      if (firstDifference === null && canonical(ours) !== canonical(other))
        firstDifference = await describe(log, { tenant, kind, id }, { replayed: ours, served: other, until });
    }
  }

  function hashOf(tenant: string, kind: DocumentKind) {
    const name = `${tenant} ${kind}`;
    const found = hashes.get(name) ?? { replayed: createHash('sha256'), served: createHash('sha256') };
    hashes.set(name, found);
    return found;
  }

  function result(): Verified {
    const whole = (side: 'replayed' | 'served') =>
      [...hashes.values()].reduce((sum, hash) => sum.update(hash[side].digest()), createHash('sha256')).digest('hex');
    const [replayed, served] = [whole('replayed'), whole('served')];
    return {
      position,
      events,
      documents,
      replayed,
      served,
      matches: firstDifference === null && replayed === served,
      firstDifference,
    };
  }

  return { compareRange, result };
}

function faultOf(event: RecordedEvent | null): Difference | null {
  const name = event && parseStream(event.stream);
  // A document of votes is of no stream of its own.
  const kind = kinds.find((one) => one === name?.category);
  if (event === null || name === null || kind === undefined) return null;
  const { position, type } = event;
  return { tenant: name.tenant, kind, id: name.id, problem: 'unreadable', field: null, event: { position, type } };
}

const add = (hash: Hash, id: string, form: object | null): void => {
  if (form !== null) hash.update(`${id}\n${portable(form)}\n`);
};
