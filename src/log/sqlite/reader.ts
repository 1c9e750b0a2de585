// Reads: a stream, or the log in its global order. A row that is not as it was written is refused, never served.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Position, RecordedEvent } from '../../domain/event.ts';
import { categories as allCategories, type Category } from '../../domain/streams.ts';
import type { LogPage, ReadLog, ReadStream } from '../event-log.ts';
import { checkPageLimit } from '../prepare.ts';
import { pageSql } from './page-query.ts';
import type { Positions } from './positions.ts';
import { columns, eventOf } from './rows.ts';
import { damaged, troubleOf } from './trouble.ts';

/** A page ends early once its data has this many characters, so that 10,000 large events are not held at once. */
const PAGE_CHARACTERS = 16 * 2 ** 20;

type Reader = {
  stream(name: string, options: ReadStream): RecordedEvent[];
  page(options: ReadLog): LogPage;
  countAfter(after: Position | null, categories: readonly Category[]): number;
};

export function createReader(db: DatabaseSync, positions: Positions, head: () => number): Reader {
  const streamRows = prepareRows(
    db,
    `SELECT ${columns} FROM events WHERE stream = :stream AND revision >= :from AND position <= :end ORDER BY revision`,
  );
  const count = db.prepare(
    'SELECT count(*) AS count FROM events INDEXED BY events_by_category WHERE category = ? AND position > ?',
  );
  const pages = new Map<string, (parameters: Parameters) => Iterable<Values>>();
  const pageRows = (categories: number, tenant: boolean) => {
    const sql = pageSql(categories, tenant);
    const rows = pages.get(sql) ?? prepareRows(db, sql);
    pages.set(sql, rows);
    return rows;
  };

  const sequenceOf = (position: Position | null | undefined, field: string, otherwise: number) =>
    position == null ? otherwise : positions.sequenceOf(position, field);

  /** The events of rows as they come; trouble on the way is told with the last position that was well. */
  function* events(rows: Iterable<Values>): Generator<{ event: RecordedEvent; characters: number }> {
    let last = positions.of(0);
    try {
      for (const row of rows) {
        const event = eventOf(row, positions);
        yield { event, characters: charactersOf(row) };
        last = event.position;
      }
    } catch (error) {
      throw troubleOf(error, `after position ${last}`);
    }
  }

  function stream(name: string, { from = 0, until }: ReadStream): RecordedEvent[] {
    const end = sequenceOf(until, 'until', Number.MAX_SAFE_INTEGER);
    const found = Array.from(events(streamRows({ stream: name, from, end })), ({ event }) => event);
    // Revisions have no gap. One means that an index or the table has lost a row.
    const gap = found.find((event, index) => event.revision !== from + index);
    if (gap !== undefined) throw damaged(`before position ${gap.position}`);
    return found;
  }

  function page({ after, until, categories, tenant, limit }: ReadLog): LogPage {
    checkPageLimit(limit);
    const begin = sequenceOf(after, 'after', 0);
    const end = Math.min(sequenceOf(until, 'until', Number.MAX_SAFE_INTEGER), head());
    const read: LogPage = { events: [], position: positions.of(Math.max(begin, end)), end: true };
    const wanted = categories !== undefined ? distinct(categories) : tenant === undefined ? null : allCategories;
    if (wanted?.length === 0 || begin >= end) return read;

    const parameters: Parameters = { begin, end, limit: limit + 1 };
    if (tenant !== undefined) parameters.tenant = tenant;
    for (const [index, category] of (wanted ?? []).entries()) parameters[`category${index}`] = category;
    let room = PAGE_CHARACTERS;
    for (const { event, characters } of events(pageRows(wanted?.length ?? 0, tenant !== undefined)(parameters))) {
      if (read.events.length === limit || room <= 0) {
        read.position = read.events.at(-1)?.position ?? read.position;
        read.end = false;
        break;
      }
      read.events.push(event);
      room -= characters;
    }
    return read;
  }

  function countAfter(after: Position | null, categories: readonly Category[]): number {
    const begin = sequenceOf(after, 'after', 0);
    return distinct(categories).reduce((sum, category) => sum + Number(count.get(category, begin)?.count), 0);
  }

  return { stream, page, countAfter };
}

type Values = SQLOutputValue[];
type Parameters = Record<string, string | number>;

function prepareRows(db: DatabaseSync, sql: string): (parameters: Parameters) => Iterable<Values> {
  const statement: StatementSync = db.prepare(sql);
  statement.setReturnArrays(true);
  // The types know nothing of `setReturnArrays`.
  return (parameters) => statement.iterate(parameters) as Iterable<unknown> as Iterable<Values>;
}

/** A category that is named twice is read once. */
const distinct = (categories: readonly Category[]): Category[] => [...new Set(categories)];

const charactersOf = (row: Values): number =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
