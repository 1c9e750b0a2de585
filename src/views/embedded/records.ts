// Records (sessions, features, runs, handoffs): a row each, what lists ask for in columns. The caller opens the transaction.
import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../domain/event.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { attributesOf, type RecordDocument } from '../record-attributes.ts';
import type { RecordKind, RecordsQuery } from '../view-store.ts';
import type { PutDocument } from './protocol.ts';
import { allOf, type Sql, sql } from './sql.ts';

export type PutRecord = PutDocument & { kind: RecordKind };
export type RecordRows = { rows: { document: string; cursor: string }[]; hasNextPage: boolean; total: number };

/** Gives back whether the record was there before. */
export function recordsOf(db: DatabaseSync): { put(change: PutRecord): boolean } {
  const find = db.prepare('SELECT number, position FROM record WHERE kind = ? AND tenant = ? AND id = ?');
  const put =
    db.prepare(`INSERT INTO record (kind, tenant, id, position, agent, status, namespace, session, at, expires, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, tenant, id) DO UPDATE SET position = excluded.position,
    agent = excluded.agent, status = excluded.status, namespace = excluded.namespace, session = excluded.session,
    at = excluded.at, expires = excluded.expires, document = excluded.document RETURNING number`);
  const leave = db.prepare('DELETE FROM participant WHERE record = ?');
  const join = db.prepare('INSERT OR IGNORE INTO participant (name, record) VALUES (?, ?)');

  return {
    put({ kind, tenant, id, position, json }) {
      const found = find.get(kind, tenant, id);
      if (found !== undefined && String(found.position) >= position) return false;
      // What the worker is sent is the JSON of a document of this kind.
      const attributes = attributesOf({ kind, document: JSON.parse(json) } as RecordDocument);
      const { agent, status, namespace, session, at, expiresAt } = attributes;
      const row = put.get(kind, tenant, id, position, agent, status, namespace, session, at, expiresAt, json);
      const number = Number(row?.number);
      if (found !== undefined) leave.run(number);
      for (const name of attributes.participants) join.run(name, number);
      return found !== undefined;
    },
  };
}

export function recordRows(db: DatabaseSync, query: RecordsQuery): RecordRows {
  const selection = selectionSql(query);
  const page = query.after === undefined ? selection : allOf([selection, beyond(query.after)]);
  const found = db
    .prepare(`SELECT at, id, document FROM record r WHERE ${page.text} ORDER BY at DESC, id DESC LIMIT ?`)
    .all(...page.parameters, query.first + 1);
  const counted = db.prepare(`SELECT count(*) AS n FROM record r WHERE ${selection.text}`).get(...selection.parameters);
  return {
    rows: found.slice(0, query.first).map(({ at, id, document }) => ({
      document: String(document),
      cursor: toCursor(String(at), String(id)),
    })),
    hasNextPage: found.length > query.first,
    total: Number(counted?.n),
  };
}

function selectionSql({ kind, tenant, now, where = {} }: RecordsQuery): Sql {
  const { agent, status, namespace, session, participants } = where;
  return allOf([
    sql('r.kind = ?', kind),
    sql('r.tenant = ?', tenant),
    ...(agent === undefined ? [] : [sql('r.agent IS ?', agent)]),
    ...(status === undefined ? [] : [statusSql(status, now)]),
    ...(namespace === undefined ? [] : [sql('r.namespace IS ?', namespace)]),
    ...(session === undefined ? [] : [sql('r.session IS ?', session)]),
    ...(participants === undefined ? [] : [participantsSql(participants)]),
  ]);
}

const statusSql = (status: string, now: Instant): Sql =>
  sql("iif(r.expires IS NOT NULL AND r.expires <= ?, 'EXPIRED', r.status) = ?", now, status);

const participantsSql = (names: readonly string[]): Sql =>
  sql(
    'r.number IN (SELECT record FROM participant WHERE name IN (SELECT value FROM json_each(?)))',
    JSON.stringify(names),
  );

const beyond = (cursor: string): Sql => sql('(r.at, r.id) < (?, ?)', ...fromCursor(cursor));
