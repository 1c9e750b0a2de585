// What is written for a memory, its passages, its votes, and for records; and how it is read back.
import { z } from 'zod';
import { effectivenessOf } from '../../domain/effectiveness.ts';
import type { Position } from '../../domain/event.ts';
import type { Memory } from '../../domain/memory.ts';
import type { Votes } from '../../domain/votes.ts';
import { textKey } from '../../text/text-key.ts';
import { tombstone } from '../kept-documents.ts';
import { type RecordDocument, attributesOf as recordAttributesOf } from '../record-attributes.ts';
import type { DocumentKind, Documents } from '../view-store.ts';
import { type Attributes, attributesOf, milliseconds } from './attributes.ts';
import { exactText } from './exact-text.ts';
import type { Impacts } from './impacts.ts';
import type { IndexKind } from './names.ts';

/** The index that has a kind's documents. */
export const indexOf: Readonly<Record<DocumentKind, IndexKind>> = {
  memory: 'memories',
  votes: 'votes',
  session: 'sessions',
  feature: 'features',
  run: 'runs',
  handoff: 'handoffs',
};

/** No tenant's name has a plus. */
export const documentId = (tenant: string, id: string): string => `${tenant}+${id}`;
export const passageId = (tenant: string, memory: string, index: number): string => `${tenant}+${memory}#${index}`;

type Kept = {
  /** Of the last change. */
  position: Position;
  /** The JSON of what projections put. */
  document: string;
};

export type Place = {
  /** The position of the first change. */
  recorded: Position;
  /** `neighboursKey`: memories with the same one may lend each other words. */
  neighbours?: string;
  /** Of its passages' texts, in order. */
  hashes: readonly string[];
};

/** What is left of a forgotten memory has no attributes but its key. */
export type MemoryDocument =
  | (Attributes & Kept & Place & { textKey: string })
  | (Pick<Attributes, 'tenant' | 'memory'> & Kept & Pick<Place, 'recorded'> & { forgotten: true });

export const memoryDocument = (memory: Memory, position: Position, place: Place): MemoryDocument => ({
  ...attributesOf(memory),
  ...place,
  position,
  textKey: textKey(memory),
  document: JSON.stringify(memory),
});

/** `revision` is of the event that it was forgotten by. */
export const forgottenDocument = (
  { tenant, id, revision }: Pick<Memory, 'tenant' | 'id' | 'revision'>,
  position: Position,
  recorded: Position,
): MemoryDocument => ({
  tenant,
  memory: id,
  forgotten: true,
  position,
  recorded,
  document: JSON.stringify(tombstone(tenant, id, revision)),
});

export type VotesDocument = Kept & {
  tenant: string;
  memory: string;
  score: number;
  confidence: number;
  helpful: number;
  harmful: number;
};

export const votesDocument = (tenant: string, memory: string, votes: Votes, position: Position): VotesDocument => ({
  tenant,
  memory,
  ...effectivenessOf(votes.votes),
  position,
  document: JSON.stringify(votes),
});

export type RecordSource = Kept & {
  tenant: string;
  id: string;
  agent?: string;
  status: string;
  namespace?: string;
  session?: string;
  participants?: string[];
  at: number;
  expiresAt?: number;
};

export function recordSource(tenant: string, id: string, record: RecordDocument, position: Position): RecordSource {
  const { agent, status, namespace, session, participants, at, expiresAt } = recordAttributesOf(record);
  return {
    tenant,
    id,
    ...(agent !== null && { agent }),
    status,
    ...(namespace !== null && { namespace }),
    ...(session !== null && { session: exactText(session) }),
    ...(participants.length > 0 && { participants: [...participants] }),
    at: milliseconds(at),
    ...(expiresAt !== null && { expiresAt: milliseconds(expiresAt) }),
    position,
    document: JSON.stringify(record.document),
  };
}

/** One passage of a memory. Words and vectors are not in the source that a hit gives back. */
export type PassageDocument = Attributes & {
  recorded: Position;
  /** How many the memory has, and which of them this is. */
  passages: number;
  index: number;
  /** SHA-256, hex, of the text that is embedded. */
  hash: string;
  /** It has no vector yet. */
  wanted: boolean;
  neighbours?: string;
  /** Of its own words and of what is lent. */
  terms: Impacts;
  /** What is lent is lent until then; and without what is: of its own words alone. */
  lentUntil?: number;
  own?: Impacts;
  /** Of all of them, in tenths. */
  length: number;
  /** `encodeSummary`. */
  summary: string;
  /** With the previous memory's mixed in: `encodeVector`, where it is not zero, and `encodeRounded`. */
  vector?: string;
  rounded?: string;
};

/** What is left of a passage until it is swept away: nothing is found by it. */
export type GonePassage = { gone: true; goneBy: Position };

/** The part of any source that every reader needs. */
export const keptSource = z.object({ position: z.string(), document: z.string() });

/** What was written as a document of this kind; it came from projections, which know its shape. */
export const parseDocument = <K extends DocumentKind>(json: string): Documents[K] => JSON.parse(json) as Documents[K];
