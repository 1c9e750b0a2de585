// The main thread's read-only connection: reads by id cost less than a message to the worker would.
import { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../domain/event.ts';
import type { MemoryView } from '../../domain/memory-view.ts';
import type { Reader } from '../../domain/visibility.ts';
import { readable, tombstone } from '../kept-documents.ts';
import type { DocumentKey, Documents } from '../view-store.ts';

export type ViewsReader = ReturnType<typeof openReader>;

export function openReader(path: string) {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec('PRAGMA busy_timeout = 5000');
  const pair = db.prepare(`SELECT m.document, v.document AS votes
    FROM memory m LEFT JOIN votes v ON v.tenant = m.tenant AND v.id = m.id WHERE m.tenant = ? AND m.id = ?`);
  const tables = {
    memory: db.prepare('SELECT document, revision FROM memory WHERE tenant = ? AND id = ?'),
    votes: db.prepare('SELECT document FROM votes WHERE tenant = ? AND id = ?'),
  };
  const record = db.prepare('SELECT document FROM record WHERE kind = ? AND tenant = ? AND id = ?');
  const byText = db.prepare(`SELECT id FROM memory
    WHERE text_key = ? AND tenant = ? AND deprecated = 0 AND (expires IS NULL OR expires > ?) ORDER BY number`);

  return {
    get(reader: Reader, id: string, now: Instant): MemoryView | null {
      const row = pair.get(reader.tenant, id);
      if (typeof row?.document !== 'string') return null;
      return readable(reader, { document: row.document, votes: row.votes as string | null }, now);
    },

    load({ kind, tenant, id }: DocumentKey): Documents[typeof kind] | undefined {
      const row = kind === 'memory' || kind === 'votes' ? tables[kind].get(tenant, id) : record.get(kind, tenant, id);
      if (row === undefined) return undefined;
      if (row.document === null) return tombstone(tenant, id, Number(row.revision));
      return JSON.parse(String(row.document)) as Documents[typeof kind];
    },

    findText(tenant: string, textKey: string, now: Instant): string[] {
      return byText.all(textKey, tenant, now).map((row) => String(row.id));
    },

    close(): void {
      db.close();
    },
  };
}
