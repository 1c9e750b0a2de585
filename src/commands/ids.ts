// Ids that a retry makes again: UUIDv5 of a commandId, which counts within its tenant and agent only.
import { v5, v7 } from 'uuid';
import type { Category } from '../domain/streams.ts';

/** UUIDv5 namespace of all ids that Annals makes from commandIds. */
const NAMESPACE = '5f2b7c1e-0b6f-5d0e-9a54-3c1f0e8d7a62';

export type Ids = {
  /** Whether the ids are the same when the command is sent again. */
  repeatable: boolean;
  /** Of the nth memory that the command records. */
  memory(index: number): string;
  /** Of the one thing of another category that the command begins. */
  made(category: Category): string;
  /** Of the nth event that the command appends to a stream. */
  event(stream: string, index: number): string;
};

export function idsOf(tenant: string, actor: string, commandId: string | null): Ids {
  if (commandId === null) return { repeatable: false, memory: () => v7(), made: () => v7(), event: () => v7() };
  const command = v5(JSON.stringify([tenant, actor, commandId]), NAMESPACE);
  return {
    repeatable: true,
    memory: (index) => v5(`memory#${index}`, command),
    made: (category) => v5(`${category}#0`, command),
    event: (stream, index) => v5(`${stream}#${index}`, command),
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** As Annals writes them. */
export const isUuid = (id: string): boolean => uuid.test(id);
