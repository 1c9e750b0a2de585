// The event log of the embedded profile: one SQLite file. Every acknowledgement comes after an fsync.
import { stat } from 'node:fs/promises';
import { failure } from '../../domain/failure.ts';
import { categories as allCategories } from '../../domain/streams.ts';
import type { EventLog } from '../event-log.ts';
import { prepareAppend } from '../prepare.ts';
import { openDatabase } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { positionsOf } from './positions.ts';
import { createReader } from './reader.ts';
import { createStreamEraser } from './stream-eraser.ts';
import { createTimes } from './times.ts';
import { attempt } from './trouble.ts';
import { createWatch } from './watch.ts';
import { createWriter } from './writer.ts';

type SqliteLogOptions = {
  /** Made when it is not there, readable by its owner alone. */
  file: string;
  /** The file's greatest size, in pages of 4,096 bytes: beyond it appends fail as on a full disk. */
  maxPages?: number;
  /** Hears of what went wrong outside any caller's question. */
  logger?: { error(details: object, message: string): void };
};

/** Fails with UNAVAILABLE and a sentence for the operator when the file is damaged, no log, or of a later format. */
export async function openSqliteLog({ file, maxPages, logger }: SqliteLogOptions): Promise<EventLog> {
  const { db, logId } = openDatabase(file, maxPages);
  const positions = positionsOf(logId);
  const writer = createWriter(db, positions);
  const reader = createReader(db, positions, writer.head);
  const watch = createWatch(db, (err) => logger?.error({ err }, 'a follower of the event log failed'));
  const commits = createGroupCommit(db, writer, watch.wakeAll);
  const erase = createStreamEraser(db);
  const times = createTimes(db, writer.head);

  /** Runs work on the open database; what it throws is a failure. */
  const using = <T>(work: () => T): T => {
    if (!db.isOpen) throw failure('UNAVAILABLE', 'the event log is closed');
    return attempt(work);
  };

  return {
    start: positions.of(0),
    append: async (writes) => using(() => commits.append(prepareAppend(writes))),
    readStream: async (stream, options = {}) => using(() => reader.stream(stream, options)),
    read: async (options) => using(() => reader.page(options)),
    head: async () => using(() => positions.of(writer.head())),
    parsePosition: async (text, field) => using(() => positions.reached(text, writer.head(), field)),
    positionAt: async (time) => using(() => positions.of(times.sequenceAt(time))),
    timeAt: async (position) => using(() => times.timeAt(positions.sequenceOf(position, 'position'))),
    countAfter: async (after, categories = allCategories) => using(() => reader.countAfter(after, categories)),
    onAppend: (wake) => using(() => watch.subscribe(wake)),
    async deleteStream(stream) {
      using(() => {
        commits.flush();
        erase(stream);
      });
    },
    async size() {
      const sizes = await Promise.all(['', '-wal', '-shm'].map((suffix) => sizeOf(file + suffix)));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    async close() {
      if (!db.isOpen) return;
      commits.flush();
      watch.close();
      db.close();
    },
  };
}

/** 0 for a file that is not there, as the companions of a closed log are not. */
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
