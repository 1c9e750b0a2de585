// All documents of a kind, by id: what an audit compares with the log.
import type { DatabaseSync } from 'node:sqlite';
import type { ScanQuery } from '../view-store.ts';

/** `document` is null for what is left of a forgotten memory. */
export type ScannedRow = { id: string; document: string | null; revision: number };

export function scanRows(db: DatabaseSync, { kind, tenant, after, limit }: ScanQuery): ScannedRow[] {
  const rows = db
    .prepare(`${selectOf(kind)} AND tenant = ? AND id > ? ORDER BY id LIMIT ?`)
    .all(...(kind === 'memory' || kind === 'votes' ? [] : [kind]), tenant, after ?? '', limit);
  return rows.map(({ id, document, revision }) => ({
    id: String(id),
    document: document === null ? null : String(document),
    revision: Number(revision),
  }));
}

function selectOf(kind: ScanQuery['kind']): string {
  switch (kind) {
    case 'memory':
      return 'SELECT id, document, revision FROM memory WHERE TRUE';
    case 'votes':
      return 'SELECT id, document, -1 AS revision FROM votes WHERE TRUE';
    default:
      return 'SELECT id, document, -1 AS revision FROM record WHERE kind = ?';
  }
}
