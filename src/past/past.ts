// The state of one tenant as of a position: its log replayed to there into views that nobody else sees.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { projectPage } from '../../projections/project-page.ts';
import { type Roster, rosterAt } from '../access/roster-at.ts';
import type { Position } from '../domain/event.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { decodeKnown } from '../events/codec.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ViewReader, ViewStore } from '../views/view-store.ts';

export type Past = {
  views: Pick<ViewReader, 'get' | 'list' | 'search'>;
  /** Who was in which team. */
  readerOf: Roster['readerOf'];
  close(): Promise<void>;
};

export type PastParts = {
  log: EventLog;
  embedder: Pick<Embedder, 'embed' | 'batch'>;
  /** Empty views that are closed, and then gone, with the past. */
  openScratch: () => Promise<ViewStore>;
};

/** Events between two turns of others. */
const PAGE = 500;

export async function openPast(parts: PastParts, tenant: string, position: Position): Promise<Past> {
  const views = await parts.openScratch();
  try {
    const roster = await rosterAt(parts.log, tenant, position);
    await replay(parts.log, views, tenant, position);
    const vectors = vectorsOnce(parts, views);
    return {
      views: {
        get: views.get,
        list: views.list,
        async search(query) {
          if (query.vector !== null) await vectors();
          return views.search(query);
        },
      },
      readerOf: roster.readerOf,
      close: () => views.close(),
    };
  } catch (error) {
    await views.close();
    throw error;
  }
}

async function replay(log: EventLog, views: ViewStore, tenant: string, until: Position): Promise<void> {
  for (let after: Position | null = null; ; ) {
    const page = await log.read({ after, until, tenant, categories: ['memory'], limit: PAGE });
    const decoded = decodeKnown(page.events);
    await views.apply(await projectPage(decoded, views.load), page.position);
    if (page.end) return;
    after = page.position;
    await nextTurn();
  }
}

/** The vectors that are kept nowhere any more, made when a question first needs them. */
function vectorsOnce({ embedder }: PastParts, views: ViewStore): () => Promise<void> {
  let made: Promise<void> | null = null;

  async function make(): Promise<void> {
    for (;;) {
      const wanted = await views.wantedVectors(embedder.batch);
      if (wanted.length === 0) return;
      const vectors = await embedder.embed(
        wanted.map(({ text }) => text),
        'passage',
      );
      await views.putVectors(
        wanted.flatMap(({ hash }, index) => {
          const vector = vectors[index];
          return vector === undefined ? [] : [{ hash, vector }];
        }),
      );
    }
  }

  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
