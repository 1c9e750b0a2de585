// Starting a session, and what progress may be told of it.
import { checkCount, checkName, checkOptionalText, checkText } from './checks.ts';
import { failure } from './failure.ts';
import { limits } from './limits.ts';
import type { Session, SessionDelta, SessionEvent, StartedSession } from './session.ts';

export function start(given: StartedSession, items: readonly string[]): SessionEvent {
  checkName(given.agent, 'agent');
  checkName(given.namespace, 'namespace');
  checkOptionalText(given.title, 'title', limits.title);
  checkOptionalText(given.user, 'user', limits.label);
  checkItems(items, 'items');
  checkTotal(given.total);
  return { type: 'session.started', data: { ...given, items: [...new Set(items)] } };
}

/**
 * What names nothing makes no event. A name in several lists counts in the last of them, in the order next, inProgress,
 * blocked, completed, removed. The most items that a session may have is counted before the append: of deltas told at
 * the same time each may still add what it names.
 */
export function progress(session: Session, given: SessionDelta): SessionEvent[] {
  checkDelta(given);
  const delta = eachOnce(given);
  if (isEmpty(delta)) return [];
  checkUnfinished(session, delta);
  const named = [...delta.next, ...delta.inProgress, ...delta.completed, ...delta.blocked.map(({ name }) => name)];
  const names = new Set([...session.items.map(({ name }) => name), ...named]);
  for (const name of delta.removed) names.delete(name);
  if (names.size > limits.items && names.size > session.items.length)
    throw failure('INVALID_INPUT', `a session has at most ${limits.items} items`, { field: 'id', limit: limits.items });
  return [{ type: 'session.progressed', data: delta }];
}

function checkUnfinished({ status }: Session, delta: SessionDelta): void {
  if ((status === 'COMPLETED' || status === 'ABANDONED') && delta.status === undefined)
    throw failure('CONFLICT', `the session is ${status}; only a delta with a status goes on with it`, { field: 'id' });
}

const lists = ['next', 'inProgress', 'blocked', 'completed', 'removed'] as const;

function eachOnce(delta: SessionDelta): SessionDelta {
  const blocked = new Map(delta.blocked.map(({ name, reason }) => [name, reason]));
  const named = { ...delta, blocked: [...blocked.keys()] };
  const listOf = new Map(lists.flatMap((list) => named[list].map((name) => [name, list] as const)));
  const kept = (list: (typeof lists)[number]) => [...new Set(named[list])].filter((name) => listOf.get(name) === list);
  return {
    ...delta,
    next: kept('next'),
    inProgress: kept('inProgress'),
    blocked: kept('blocked').map((name) => ({ name, reason: blocked.get(name) ?? '' })),
    completed: kept('completed'),
    removed: kept('removed'),
  };
}

const isEmpty = (delta: SessionDelta): boolean =>
  Object.values(delta).every((value) => Array.isArray(value) && value.length === 0);

function checkDelta(delta: SessionDelta): void {
  for (const list of ['next', 'inProgress', 'completed', 'removed'] as const) checkItems(delta[list], list);
  checkCount(delta.blocked, 'blocked', limits.items);
  delta.blocked.forEach(({ name, reason }, index) => {
    checkText(name, `blocked.${index}.name`, limits.item);
    checkText(reason, `blocked.${index}.reason`, limits.reason);
  });
  checkOptionalText(delta.summary ?? null, 'summary', limits.summary);
  checkOptionalText(delta.lastAction ?? null, 'lastAction', limits.lastAction);
  checkTotal(delta.total ?? null);
}

function checkItems(names: readonly string[], field: string): void {
  checkCount(names, field, limits.items);
  names.forEach((name, index) => {
    checkText(name, `${field}.${index}`, limits.item);
  });
}

function checkTotal(total: number | null): void {
  if (total !== null && (!Number.isInteger(total) || total < 1 || total > limits.total))
    throw failure('INVALID_INPUT', `total must be 1 to ${limits.total}`, { field: 'total', limit: limits.total });
}
