// Writing the documents' rows. The caller opens the transaction.
import type { DatabaseSync } from 'node:sqlite';
import { effectivenessOf } from '../../domain/effectiveness.ts';
import type { Position } from '../../domain/event.ts';
import type { Memory } from '../../domain/memory.ts';
import { noVotes, type Votes } from '../../domain/votes.ts';
import type { Span } from '../../text/passages.ts';
import { textKey } from '../../text/text-key.ts';

/** An analysis in bytes, and where the memory's passages are. */
export type KeptAnalysis = { encoded: Uint8Array; passages: readonly Span[] };

/** null: the document that is there is as new. Else the row's number, and whether a text was there before. */
export type Put = { number: number; replaced: boolean } | null;

export type Documents = ReturnType<typeof documentsOf>;

export function documentsOf(db: DatabaseSync) {
  const find = db.prepare(
    'SELECT number, position, audience, analysis IS NOT NULL AS text FROM memory WHERE tenant = ? AND id = ?',
  );
  const add = db.prepare('INSERT INTO memory (tenant, id, position, revision) VALUES (?, ?, ?, ?)');
  const fill =
    db.prepare(`UPDATE memory SET position = ?, revision = ?, audience = ?, namespace = ?, type = ?, author = ?,
    user = ?, session = ?, created = ?, occurred = ?, expires = ?, deprecated = ?, text_key = ?, contexts = ?,
    metadata = ?, document = ?, analysis = ?, spans = ? WHERE number = ?`);
  const empty =
    db.prepare(`UPDATE memory SET position = ?, revision = ?, audience = NULL, namespace = NULL, type = NULL,
    author = NULL, user = NULL, session = NULL, created = NULL, occurred = NULL, expires = NULL, deprecated = NULL,
    text_key = NULL, contexts = NULL, metadata = NULL, document = NULL, analysis = NULL, spans = NULL WHERE number = ?`);
  const audienceFind = db.prepare(
    'SELECT number FROM audience WHERE tenant = ? AND agent = ? AND scope = ? AND agents = ? AND teams = ?',
  );
  const audienceAdd = db.prepare('INSERT INTO audience (tenant, agent, scope, agents, teams) VALUES (?, ?, ?, ?, ?)');
  const audienceDrop = db.prepare(
    'DELETE FROM audience WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM memory WHERE audience = ?1)',
  );
  const votesFind = db.prepare(`SELECT
    (SELECT position FROM votes WHERE tenant = ?1 AND id = ?2) AS position,
    EXISTS (SELECT 1 FROM memory WHERE tenant = ?1 AND id = ?2 AND audience IS NULL) AS forgotten`);
  const votesPut = db.prepare(
    'INSERT OR REPLACE INTO votes (tenant, id, position, score, document) VALUES (?, ?, ?, ?, ?)',
  );
  const votesEmpty = db.prepare('UPDATE votes SET score = 0, document = ? WHERE tenant = ? AND id = ?');

  function audienceOf({ tenant, agent, scope, sharedWith }: Memory): number {
    const values = [
      tenant,
      agent,
      scope,
      JSON.stringify([...new Set(sharedWith.agents)].sort()),
      JSON.stringify([...new Set(sharedWith.teams)].sort()),
    ];
    return Number(audienceFind.get(...values)?.number ?? audienceAdd.run(...values).lastInsertRowid);
  }

  /** Leaves the key, the position and the revision. */
  function bury(
    row: { number: number; audience: number | null },
    key: Pick<Memory, 'tenant' | 'id' | 'revision'>,
    position: Position,
  ) {
    empty.run(position, key.revision, row.number);
    votesEmpty.run(JSON.stringify(noVotes), key.tenant, key.id);
    if (row.audience !== null) audienceDrop.run(row.audience);
  }

  return {
    /** `analysis` is null for a forgotten memory. `json` is the document's own JSON. */
    putMemory(memory: Memory, json: string, position: Position, analysis: KeptAnalysis | null): Put {
      const found = find.get(memory.tenant, memory.id);
      if (found !== undefined && String(found.position) >= position) return null;
      const number = Number(
        found?.number ?? add.run(memory.tenant, memory.id, position, memory.revision).lastInsertRowid,
      );
      const audience = typeof found?.audience === 'number' ? found.audience : null;
      if (analysis === null) {
        bury({ number, audience }, memory, position);
      } else {
        const now = audienceOf(memory);
        fill.run(
          position,
          memory.revision,
          now,
          memory.namespace,
          memory.type,
          memory.author,
          memory.user,
          memory.session,
          memory.createdAt,
          memory.occurredAt,
          memory.expiresAt,
          memory.deprecation === null ? 0 : 1,
          textKey(memory),
          contextsOf(memory),
          Object.keys(memory.metadata).length === 0 ? null : JSON.stringify(memory.metadata),
          json,
          analysis.encoded,
          spansOf(analysis),
          number,
        );
        if (audience !== null && audience !== now) audienceDrop.run(audience);
      }
      return { number, replaced: found?.text === 1 };
    },

    putVotes(key: { tenant: string; id: string }, votes: Votes, json: string, position: Position): void {
      const found = votesFind.get(key.tenant, key.id);
      if (typeof found?.position === 'string' && found.position >= position) return;
      if (found?.forgotten === 1) votesPut.run(key.tenant, key.id, position, 0, JSON.stringify(noVotes));
      else votesPut.run(key.tenant, key.id, position, effectivenessOf(votes.votes).score, json);
    },

    /** What an expired memory leaves; its document is as good as forgotten. */
    bury,
  };
}

/** Where the passages of a memory of several are. */
const spansOf = ({ passages }: KeptAnalysis): string | null =>
  passages.length === 1 ? null : JSON.stringify(passages.map(({ start, end }) => [start, end]));

function contextsOf({ lesson }: Memory): string | null {
  return lesson === null || lesson.applicableContexts.length === 0 ? null : JSON.stringify(lesson.applicableContexts);
}
