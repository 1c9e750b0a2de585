// A memory filter on one memory: for whoever has the memory at hand and no view to ask. Adapters that put the filter
// into their own query language must agree with it.
import { effectivenessOf } from '../domain/effectiveness.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { metadataHolds } from './metadata-test.ts';
import type { MemoryFilter } from './view-store.ts';

export function matches(filter: MemoryFilter, view: MemoryView): boolean {
  const { memory, votes } = view;
  return (
    among(filter.namespaces, memory.namespace) &&
    among(filter.scopes, memory.scope) &&
    among(filter.types, memory.type) &&
    among(filter.agents, memory.agent) &&
    among(filter.authors, memory.author) &&
    among(filter.users, memory.user) &&
    among(filter.sessions, memory.session) &&
    within(memory.createdAt, filter.createdAfter, filter.createdBefore) &&
    within(memory.occurredAt, filter.occurredAfter, filter.occurredBefore) &&
    (filter.minEffectiveness === undefined || effectivenessOf(votes.votes).score >= filter.minEffectiveness) &&
    (filter.metadata?.every((test) => metadataHolds(memory.metadata, test)) ?? true) &&
    applies(filter.applicableContexts, memory.lesson?.applicableContexts ?? []) &&
    (filter.and?.every((part) => matches(part, view)) ?? true) &&
    (filter.or?.some((part) => matches(part, view)) ?? true) &&
    (filter.not === undefined || !matches(filter.not, view))
  );
}

const among = <T>(list: readonly T[] | undefined, value: T | null): boolean =>
  list === undefined || (value !== null && list.includes(value));

const within = (time: string, after: string | undefined, before: string | undefined): boolean =>
  (after === undefined || time > after) && (before === undefined || time < before);

const applies = (wanted: readonly string[] | undefined, contexts: readonly string[]): boolean =>
  wanted === undefined || contexts.length === 0 || contexts.some((context) => wanted.includes(context));
