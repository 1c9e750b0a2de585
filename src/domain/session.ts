// A session: progress on a piece of work, told in deltas. A delta changes only what it names, so concurrent deltas never
// undo one another; an item has the status it was given last in log order.
import type { Instant, Recorded } from './event.ts';

export const sessionStatuses = ['IN_PROGRESS', 'BLOCKED', 'COMPLETED', 'ABANDONED'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export const itemStatuses = ['NEXT', 'IN_PROGRESS', 'COMPLETED', 'BLOCKED'] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** What is given once, when the session is started. */
export type StartedSession = {
  agent: string;
  title: string | null;
  user: string | null;
  namespace: string;
  /** How many items there will be; null: as many as are known. */
  total: number | null;
};

/** An item is in one list at most. The scalars are there only when the delta names them. */
export type SessionDelta = {
  next: string[];
  inProgress: string[];
  blocked: { name: string; reason: string }[];
  completed: string[];
  removed: string[];
  summary?: string;
  lastAction?: string;
  status?: SessionStatus;
  total?: number;
};

export type SessionProgress = { type: 'session.progressed'; data: SessionDelta };
export type SessionEvent = { type: 'session.started'; data: StartedSession & { items: string[] } } | SessionProgress;

export type SessionItem = { name: string; status: ItemStatus; reason: string | null; by: string; at: Instant };

export type Session = StartedSession & {
  id: string;
  tenant: string;
  revision: number;
  status: SessionStatus;
  /** In the order in which they were first named. */
  items: SessionItem[];
  summary: string | null;
  lastAction: string | null;
  startedAt: Instant;
  updatedAt: Instant;
};

export const isSessionEvent = (event: { type: string }): event is SessionEvent =>
  event.type === 'session.started' || event.type === 'session.progressed';

/** Folds one event; null is the state before the first. */
export function evolve(state: Session | null, event: SessionEvent, at: Recorded): Session | null {
  if (event.type === 'session.started') {
    const { items, ...started } = event.data;
    return {
      ...started,
      id: at.id,
      tenant: at.tenant,
      revision: at.revision,
      status: 'IN_PROGRESS',
      items: items.map((name) => itemOf(name, 'NEXT', at)),
      summary: null,
      lastAction: null,
      startedAt: at.recordedAt,
      updatedAt: at.recordedAt,
    };
  }
  if (state === null) return null;
  const { next, inProgress, blocked, completed, removed, ...scalars } = event.data;
  const items = itemsAfter(state.items, event.data, at);
  return { ...state, ...scalars, items, revision: at.revision, updatedAt: at.recordedAt };
}

function itemsAfter(items: readonly SessionItem[], delta: SessionDelta, at: Recorded): SessionItem[] {
  const byName = new Map(items.map((item) => [item.name, item]));
  for (const name of delta.next) byName.set(name, itemOf(name, 'NEXT', at));
  for (const name of delta.inProgress) byName.set(name, itemOf(name, 'IN_PROGRESS', at));
  for (const { name, reason } of delta.blocked) byName.set(name, { ...itemOf(name, 'BLOCKED', at), reason });
  for (const name of delta.completed) byName.set(name, itemOf(name, 'COMPLETED', at));
  for (const name of delta.removed) byName.delete(name);
  return [...byName.values()];
}

const itemOf = (name: string, status: ItemStatus, { actor, recordedAt }: Recorded): SessionItem => ({
  name,
  status,
  reason: null,
  by: actor,
  at: recordedAt,
});

/** The completed share of the known items, or of `total` where it was given: 0 to 1, and 0 without either. */
export function progressOf({ items, total }: Pick<Session, 'items' | 'total'>): number {
  const completed = items.filter(({ status }) => status === 'COMPLETED').length;
  const all = total ?? items.length;
  return all === 0 ? 0 : Math.min(1, completed / all);
}
