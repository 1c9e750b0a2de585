// The main thread's read-only connection: reads by id cost less than a message to the worker would.
import { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../domain/event.ts';
import { isAlive, type Memory } from '../../domain/memory.ts';
import type { MemoryView } from '../../domain/memory-view.ts';
import { canRead, type Reader } from '../../domain/visibility.ts';
import { noVotes, type Votes } from '../../domain/votes.ts';
import type { DocumentKey, Documents } from '../view-store.ts';
import type { DocumentPair } from './protocol.ts';

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

/** The documents of a row, if its reader may have it: the last check before anything leaves the views. */
export function readable(reader: Reader, pair: DocumentPair, now: Instant): MemoryView | null {
  const memory = JSON.parse(pair.document) as Memory;
  if (!canRead(reader, memory) || !isAlive(memory, now)) return null;
  return { memory, votes: pair.votes === null ? noVotes : (JSON.parse(pair.votes) as Votes) };
}

/** What is left of a forgotten memory: that it was. */
export function tombstone(tenant: string, id: string, revision: number): Memory {
  return {
    id,
    tenant,
    revision,
    forgotten: true,
    agent: '',
    author: '',
    type: 'STANDARD',
    content: '',
    metadata: {},
    namespace: '',
    scope: 'AGENT_PRIVATE',
    sharedWith: { agents: [], teams: [] },
    user: null,
    session: null,
    occurredAt: '',
    createdAt: '',
    updatedAt: '',
    expiresAt: null,
    sources: [],
    lesson: null,
    deprecation: null,
  };
}
