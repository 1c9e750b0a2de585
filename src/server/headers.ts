// The three request headers that mean something to Annals, checked.
import { randomUUID } from 'node:crypto';
import { failure } from '../domain/failure.ts';

type Headers = { header(name: string): string | undefined };

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;
const AGENT = /^[a-zA-Z0-9._-]{1,64}$/;
const CORRELATION_ID = /^[a-zA-Z0-9._:-]{1,128}$/;

/** The key; null when there is none, or what is there can be no key. */
export const bearerOf = (incoming: Headers): string | null =>
  BEARER.exec(incoming.header('authorization') ?? '')?.[1] ?? null;

export function agentOf(incoming: Headers): string | null {
  const name = incoming.header('x-annals-agent');
  if (name === undefined) return null;
  if (AGENT.test(name)) return name;
  throw failure('INVALID_INPUT', 'x-annals-agent must be 1 to 64 of a-z A-Z 0-9 . _ -', {
    field: 'x-annals-agent',
    limit: 64,
  });
}

/** As given when it can be kept, else a new one; `valid` is false for one that was given and cannot be. */
export function correlationIdOf(incoming: Headers): { correlationId: string; valid: boolean } {
  const given = incoming.header('x-correlation-id');
  if (given !== undefined && CORRELATION_ID.test(given)) return { correlationId: given, valid: true };
  return { correlationId: randomUUID(), valid: given === undefined };
}

export const badCorrelationId = () =>
  failure('INVALID_INPUT', 'x-correlation-id must be 1 to 128 of a-z A-Z 0-9 . _ : -', {
    field: 'x-correlation-id',
    limit: 128,
  });
