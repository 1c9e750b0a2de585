// What an append is in SQL, inside the transaction of its group.
//
// It is inserted first and asked about afterwards: that ids and revisions are free is what the table's UNIQUE constraints
// say anyway, so the common append costs no look-up. Only a refused one is looked into: a retry, a lost race, or a
// misuse of an id.
import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import type { AppendResult, Expected } from '../event-log.ts';
import type { PreparedAppend, PreparedWrite } from '../prepare.ts';
import type { Positions } from './positions.ts';
import { columns, rowOf } from './rows.ts';
import { isConstraint } from './trouble.ts';

export type Writer = {
  /** To be called at the start of each transaction: finds the place where its appends go. */
  begin(): void;
  /** Decides and inserts one append. When it throws a Failure or answers `ok: false`, it has written nothing. */
  append(append: PreparedAppend): AppendResult;
  /** The number of the last event ever written, deleted ones too; 0 for none. */
  head(): number;
};

type Place = { position: number; stream: string; revision: number };

export function createWriter(db: DatabaseSync, positions: Positions): Writer {
  const insert = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const byId = db.prepare('SELECT position, stream, revision FROM events WHERE id = ?');
  const lastRevision = db.prepare('SELECT max(revision) AS revision FROM events WHERE stream = ?');
  const sequence = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  let last = 0;

  const head = () => Number(sequence.get()?.seq ?? 0);
  const revisionOf = (stream: string) => Number(lastRevision.get(stream)?.revision ?? -1);
  const place = (id: string) => byId.get(id) as Place | undefined;

  function append({ writes }: PreparedAppend): AppendResult {
    // A stream that must not be there needs no look-up: revision 0 is taken in every stream that is there.
    const revisions = writes.map(({ stream, expected }) => (expected === 'none' ? -1 : revisionOf(stream)));
    const asExpected = writes.every(({ expected }, index) => holds(expected, revisions[index] ?? -1));
    if (!asExpected || !inserted(writes, revisions)) return refusal(writes);
    return {
      ok: true,
      position: positions.of(last),
      revisions: writes.map(({ events }, index) => (revisions[index] ?? -1) + events.length),
      duplicate: false,
    };
  }

  /** Whether all events went in; when not, none did. */
  function inserted(writes: readonly PreparedWrite[], revisions: readonly number[]): boolean {
    const before = last;
    // A statement that fails undoes itself; only several need a savepoint.
    const several = writes.length > 1 || writes.some(({ events }) => events.length > 1);
    if (several) db.exec('SAVEPOINT one_append');
    try {
      for (const [index, write] of writes.entries()) {
        let revision = revisions[index] ?? -1;
        for (const event of write.events) {
          revision += 1;
          insert.run(...rowOf(event, write, last + 1, revision));
          last += 1;
        }
      }
      if (several) db.exec('RELEASE one_append');
      return true;
    } catch (error) {
      if (!isConstraint(error)) throw error;
      last = before;
      if (several) db.exec('ROLLBACK TO one_append; RELEASE one_append');
      return false;
    }
  }

  /** Why an append did not go in, which for a retry is the first result. */
  function refusal(writes: readonly PreparedWrite[]): AppendResult {
    const places = writes.map(({ events }) => events.map(({ id }) => place(id)));
    const kept = places.flat().filter((found) => found !== undefined);
    if (kept.length > 0) {
      const whole = writes.every(({ stream }, index) => places[index]?.every((found) => found?.stream === stream));
      if (!whole) throw failure('COMMAND_ID_REUSED', 'some events of this append are in the log already, others not');
      const revisions = places.map((found) => Math.max(...found.map((event) => event?.revision ?? -1)));
      const position = positions.of(Math.max(...kept.map((event) => event.position)));
      return { ok: true, position, revisions, duplicate: true };
    }
    for (const { stream, expected } of writes) {
      const revision = revisionOf(stream);
      if (!holds(expected, revision)) return { ok: false, stream, revision };
    }
    throw failure('INTERNAL', 'the event log refused an append for no reason it can find');
  }

  return {
    begin() {
      last = head();
    },
    append,
    head,
  };
}

const holds = (expected: Expected, revision: number): boolean =>
  expected === 'any' || revision === (expected === 'none' ? -1 : expected);
