// Lists, newest first, by keyset: a page costs the same wherever it begins.
import type { DatabaseSync } from 'node:sqlite';
import { fromCursor, toCursor } from '../cursor.ts';
import type { DocumentPair } from '../kept-documents.ts';
import type { ListQuery, Selection } from '../view-store.ts';
import { selectionSql } from './filter-sql.ts';
import { allOf, sql } from './sql.ts';

export type ListedRows = { rows: (DocumentPair & { cursor: string })[]; hasNextPage: boolean; total: number };

export function listRows(db: DatabaseSync, query: ListQuery): ListedRows {
  const selection = selectionSql(query);
  const page = query.after === undefined ? selection : allOf([selection, beyond(query.after)]);
  const found = db
    .prepare(
      `SELECT m.created, m.id, m.document, v.document AS votes 
       FROM memory m LEFT JOIN votes v ON v.tenant = m.tenant AND v.id = m.id WHERE ${page.text}
       ORDER BY m.created DESC, m.id DESC LIMIT ?`,
    )
    .all(...page.parameters, query.first + 1);
  const counted = db.prepare(`SELECT count(*) AS n FROM memory m WHERE ${selection.text}`).get(...selection.parameters);
  return {
    rows: found.slice(0, query.first).map((row) => ({
      document: String(row.document),
      votes: row.votes === null ? null : String(row.votes),
      cursor: toCursor(String(row.created), String(row.id)),
    })),
    hasNextPage: found.length > query.first,
    total: Number(counted?.n),
  };
}

/** The numbers of the rows that a selection has. */
export function selectedNumbers(db: DatabaseSync, selection: Selection): number[] {
  const { text, parameters } = selectionSql(selection);
  const statement = db.prepare(`SELECT m.number FROM memory m WHERE ${text}`);
  statement.setReturnArrays(true);
  const rows = statement.all(...parameters) as unknown as [number][];
  return rows.map(([number]) => number);
}

function beyond(cursor: string) {
  const [created, id] = fromCursor(cursor);
  return sql('(m.created, m.id) < (?, ?)', created, id);
}
