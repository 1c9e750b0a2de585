// Group commit: the appends that arrive in one turn of the event loop share one transaction, and so one fsync.
import type { DatabaseSync } from 'node:sqlite';
import { Failure, failure } from '../../domain/failure.ts';
import type { AppendResult } from '../event-log.ts';
import type { PreparedAppend } from '../prepare.ts';
import { troubleOf } from './trouble.ts';
import type { Writer } from './writer.ts';

/** Appends that wait for the next commit, and the bytes of their JSON; more are refused with UNAVAILABLE. */
const MAX_WAITING = 4096;
const MAX_WAITING_BYTES = 64 * 2 ** 20;

type Waiting = {
  append: PreparedAppend;
  resolve: (result: AppendResult) => void;
  reject: (reason: Failure) => void;
};

type GroupCommit = {
  /** Resolves after the commit of its group. */
  append(append: PreparedAppend): Promise<AppendResult>;
  /** Commits at once what waits. */
  flush(): void;
};

/** `committed` is called after a commit that added events, before their acknowledgements. */
export function createGroupCommit(db: DatabaseSync, writer: Writer, committed: () => void): GroupCommit {
  let waiting: Waiting[] = [];
  let bytes = 0;

  function flush(): void {
    const group = waiting;
    waiting = [];
    bytes = 0;
    if (group.length === 0) return;
    let outcomes: (AppendResult | Failure)[];
    try {
      outcomes = commit(group);
    } catch (error) {
      const trouble = troubleOf(error);
      for (const { reject } of group) reject(trouble);
      return;
    }
    if (outcomes.some((outcome) => !(outcome instanceof Failure) && outcome.ok && !outcome.duplicate)) committed();
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome instanceof Failure) reject(outcome);
      else if (outcome !== undefined) resolve(outcome);
    }
  }

  function commit(group: Waiting[]): (AppendResult | Failure)[] {
    // IMMEDIATE: a transaction that reads first and then writes would find itself locked out by another writer.
    db.exec('BEGIN IMMEDIATE');
    try {
      writer.begin();
      const outcomes = group.map(({ append }) => decided(append));
      db.exec('COMMIT');
      return outcomes;
    } catch (error) {
      // SQLite has already rolled back by itself after some errors, a full disk among them.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  /** A refused append wrote nothing and costs the others of its group nothing. */
  function decided(append: PreparedAppend): AppendResult | Failure {
    try {
      return writer.append(append);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }

  return {
    append(append) {
      if (waiting.length >= MAX_WAITING || bytes + append.bytes > MAX_WAITING_BYTES)
        throw failure('UNAVAILABLE', 'the event log has more appends waiting than it can hold; try again');
      return new Promise((resolve, reject) => {
        waiting.push({ append, resolve, reject });
        bytes += append.bytes;
        if (waiting.length === 1) setImmediate(flush);
      });
    },
    flush,
  };
}
