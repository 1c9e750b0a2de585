// Starting a session, and what progress may be told of it.
import { checkCount, checkName, checkOptionalText, checkText } from './checks.ts';
import { failure } from './failure.ts';
import { limits } from './limits.ts';
import type { Session, SessionDelta, SessionEvent, SessionProgress, StartedSession } from './session.ts';

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
 * The event that a delta makes, whatever the session is like; null for a delta that names nothing. A name in several
 * lists counts in the last of them, in the order next, inProgress, blocked, completed, removed.
 */
export function progress(given: SessionDelta): SessionProgress | null {
  checkDelta(given);
  const delta = eachOnce(given);
  return isEmpty(delta) ? null : { type: 'session.progressed', data: delta };
}

/**
 * Whether the session, as it is, takes the delta. It is asked before the append: of deltas told at the same time each is
 * taken, though one may finish the session, or all together add more items than a session has.
 */
export function checkTaken(session: Session, delta: SessionDelta): void {
  const { status, items } = session;
  if ((status === 'COMPLETED' || status === 'ABANDONED') && delta.status === undefined)
    throw failure('CONFLICT', `the session is ${status}; only a delta with a status goes on with it`, { field: 'id' });
  const limit = limits.items;
  const most =
    items.length + delta.next.length + delta.inProgress.length + delta.blocked.length + delta.completed.length;
  if (most > limit && countAfter(items, delta) > Math.max(limit, items.length))
    throw failure('INVALID_INPUT', `a session has at most ${limit} items`, { field: 'id', limit });
}

function countAfter(items: readonly { name: string }[], delta: SessionDelta): number {
  const names = new Set([...items, ...delta.blocked].map(({ name }) => name));
  for (const name of [...delta.next, ...delta.inProgress, ...delta.completed]) names.add(name);
  for (const name of delta.removed) names.delete(name);
  return names.size;
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
