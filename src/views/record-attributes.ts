// What lists of records ask for and are sorted by: the same for every adapter.
import type { Instant } from '../domain/event.ts';
import type { RecordKind, Records } from './view-store.ts';

/** A document with its kind. */
export type RecordDocument = { [K in RecordKind]: { kind: K; document: Records[K] } }[RecordKind];

export type Attributes = {
  agent: string | null;
  status: string;
  namespace: string | null;
  session: string | null;
  /** Whom it concerns: `agent:writer`, `team:editors`. */
  participants: readonly string[];
  /** The newest come first. */
  at: Instant;
  /** From then on its status is EXPIRED. */
  expiresAt: Instant | null;
};

export const agentName = (agent: string): string => `agent:${agent}`;
export const teamName = (team: string): string => `team:${team}`;

export function attributesOf({ kind, document }: RecordDocument): Attributes {
  const none = { session: null, participants: [], expiresAt: null };
  switch (kind) {
    case 'session': {
      const { agent, status, namespace, startedAt } = document;
      return { ...none, agent, status, namespace, at: startedAt };
    }
    case 'feature': {
      const { status, namespace, session, updatedAt } = document;
      return { ...none, agent: null, status, namespace, session, at: updatedAt };
    }
    case 'run': {
      const { agent, status, namespace, startedAt } = document;
      return { ...none, agent, status, namespace, at: startedAt };
    }
    case 'handoff': {
      const { from, to, acceptedBy, status, session, offeredAt, expiresAt } = document;
      const participants = [
        agentName(from),
        ...(to.agent === null ? [] : [agentName(to.agent)]),
        ...(to.team === null ? [] : [teamName(to.team)]),
        ...(acceptedBy === null ? [] : [agentName(acceptedBy)]),
      ];
      return {
        agent: from,
        status,
        namespace: null,
        session,
        participants,
        at: offeredAt,
        expiresAt: status === 'OFFERED' ? expiresAt : null,
      };
    }
  }
}
