// What must not stay: the rows of expired memories, vectors of texts that no memory has any more, and what SQLite's
// write-ahead logs still hold of either. All in small steps between requests.
import type { DatabaseSync } from 'node:sqlite';
import type { Instant, Position } from '../../domain/event.ts';
import type { Documents } from './documents.ts';
import type { Indexing } from './indexing.ts';
import { inTransaction, isPassing } from './transaction.ts';
import type { VectorsFile } from './vectors-file.ts';

/** Rows in one step. */
const STEP = 1_000;

/** How long old pages may stay in a write-ahead log, in milliseconds. */
const LOG_DELAY = 500;

/** A command decided just before a memory expired may still be on its way, in milliseconds. */
const GRACE = 60_000;

type Options = {
  db: DatabaseSync;
  vectors: VectorsFile;
  documents: Documents;
  indexing: Indexing;
  checkpoint: () => Position | null;
};

export type Sweeper = ReturnType<typeof createSweeper>;

export function createSweeper({ db, vectors, documents, indexing, checkpoint }: Options) {
  let reachedBefore = vectors.reached();
  /** The views are being made again: a vector that nobody needs yet may be needed further on in the log. */
  let behind = isBehind();
  let logTimer: NodeJS.Timeout | null = null;
  let step: NodeJS.Immediate | null = null;

  const expiredRows = db.prepare(`SELECT number, tenant, id, position, revision, audience FROM memory
    WHERE expires <= ? ORDER BY expires LIMIT ${STEP}`);

  if (!behind) sweepVectors(0);

  function isBehind(): boolean {
    const now = checkpoint();
    return reachedBefore !== null && (now === null || now < reachedBefore);
  }

  function truncateLogs(): void {
    logTimer = null;
    try {
      const views = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
      if (vectors.truncateLog() && views) return;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    truncateLogsSoon();
  }

  function truncateLogsSoon(): void {
    logTimer ??= setTimeout(truncateLogs, LOG_DELAY).unref();
  }

  /** Looks through all kept vectors, a step at a time. */
  function sweepVectors(after: number): void {
    step = setImmediate(() => {
      step = null;
      const page = vectors.page(after, STEP);
      dropVectors(page.map(({ hash }) => hash));
      const last = page.at(-1);
      if (last !== undefined && page.length === STEP) sweepVectors(last.number);
    });
  }

  function dropVectors(hashes: readonly string[]): void {
    const unused = hashes.filter((hash) => !indexing.texts.has(hash));
    if (unused.length === 0) return;
    vectors.drop(unused);
    truncateLogsSoon();
  }

  return {
    /** After every change of the documents, with the hashes of the texts that went. */
    textsGone(hashes: readonly string[]): void {
      if (!behind) dropVectors(hashes);
      else if (!isBehind()) {
        behind = false;
        sweepVectors(0);
      }
    },

    /** A row with text was changed or emptied. */
    rowsChanged: truncateLogsSoon,

    /** Empties the rows of what expired a minute before `now`; gives back how many, at most 1,000 at a time. */
    expired(now: Instant): number {
      const rows = expiredRows.all(new Date(Date.parse(now) - GRACE).toISOString());
      if (rows.length === 0) return 0;
      inTransaction(db, () => {
        for (const row of rows) {
          const key = { tenant: String(row.tenant), id: String(row.id), revision: Number(row.revision) };
          documents.bury({ number: Number(row.number), audience: Number(row.audience) }, key, String(row.position));
        }
      });
      this.textsGone(rows.flatMap((row) => indexing.remove(Number(row.number))));
      truncateLogsSoon();
      return rows.length;
    },

    /** The views were emptied on purpose, for another log: what was reached in the former one says nothing now. */
    reset(): void {
      vectors.noteReached(null);
      reachedBefore = null;
      behind = false;
      truncateLogsSoon();
    },

    /** Leaves no old page behind. */
    close(): void {
      if (step) clearImmediate(step);
      vectors.noteReached(checkpoint());
      if (logTimer === null) return;
      clearTimeout(logTimer);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      vectors.truncateLog();
    },
  };
}
