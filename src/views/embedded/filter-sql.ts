// A MemoryFilter as a condition over `memory m`. Every leaf is true or false, never null, so that
// NOT means what it says.
import type { Instant } from '../../domain/event.ts';
import { checkFilter } from '../filter-limits.ts';
import type { MemoryFilter, Selection } from '../view-store.ts';
import { readableAudiences } from './rights-sql.ts';
import { allOf, anyOf, isOneOf, negated, type Sql, sql } from './sql.ts';

/** A subquery and no join: most filters do not look at votes. */
const SCORE = '(SELECT score FROM votes WHERE tenant = m.tenant AND id = m.id)';

/** Rows the reader may read that are alive, not deprecated unless asked for, and pass the filter. */
export function selectionSql(selection: Selection): Sql {
  if (selection.filter !== undefined) checkFilter(selection.filter);
  const readable = readableAudiences(selection.reader);
  return allOf([
    sql('m.tenant = ?', selection.reader.tenant),
    sql(`m.audience IN (${readable.text})`, ...readable.parameters),
    aliveSql(selection.now),
    ...(selection.includeDeprecated ? [] : [sql('m.deprecated = 0')]),
    ...(selection.filter === undefined ? [] : [filterSql(selection.filter)]),
  ]);
}

/** Not expired; a forgotten memory has no audience, and so is in no selection. */
const aliveSql = (now: Instant): Sql => sql('m.expires IS NULL OR m.expires > ?', now);

function filterSql(filter: MemoryFilter): Sql {
  return allOf([...conditions(filter), ...nested(filter)]);
}

function* conditions(filter: MemoryFilter): Generator<Sql> {
  if (filter.namespaces) yield isOneOf('m.namespace', filter.namespaces);
  if (filter.scopes) yield isOneOf('(SELECT scope FROM audience WHERE number = m.audience)', filter.scopes);
  if (filter.agents) yield isOneOf('(SELECT agent FROM audience WHERE number = m.audience)', filter.agents);
  if (filter.types) yield isOneOf('m.type', filter.types);
  if (filter.authors) yield isOneOf('m.author', filter.authors);
  if (filter.users) yield isOneOf('m.user', filter.users);
  if (filter.sessions) yield isOneOf('m.session', filter.sessions);
  if (filter.createdAfter !== undefined) yield sql('m.created > ?', filter.createdAfter);
  if (filter.createdBefore !== undefined) yield sql('m.created < ?', filter.createdBefore);
  if (filter.occurredAfter !== undefined) yield sql('m.occurred > ?', filter.occurredAfter);
  if (filter.occurredBefore !== undefined) yield sql('m.occurred < ?', filter.occurredBefore);
  if (filter.minEffectiveness !== undefined) yield sql(`coalesce(${SCORE}, 0) >= ?`, filter.minEffectiveness);
  if (filter.applicableContexts) yield contextsSql(filter.applicableContexts);
  for (const one of filter.metadata ?? []) yield sql('metadata_holds(m.metadata, ?)', JSON.stringify(one));
}

function* nested(filter: MemoryFilter): Generator<Sql> {
  if (filter.and) yield allOf(filter.and.map(filterSql));
  if (filter.or) yield anyOf(filter.or.map(filterSql));
  if (filter.not) yield negated(filterSql(filter.not));
}

const contextsSql = (contexts: readonly string[]): Sql =>
  sql(
    `m.contexts IS NULL OR EXISTS (SELECT 1 FROM json_each(m.contexts) WHERE value IN (SELECT value FROM json_each(?)))`,
    JSON.stringify(contexts),
  );
