// A run: an agent at work on a task with memories of others and its own. How it ended is evidence for or against them.
import type { Instant, JsonObject, Recorded } from './event.ts';

export const runStatuses = ['RUNNING', 'SUCCEEDED', 'FAILED'] as const;
export type RunStatus = (typeof runStatuses)[number];

export type StartedRun = {
  agent: string;
  task: string;
  namespace: string;
  /** Ids of the memories it works with. */
  memories: string[];
};

export type CompletedRun = {
  success: boolean;
  evaluation: JsonObject;
  /** Those that it did use. */
  memories: string[];
  error: string | null;
  errorPattern: string | null;
  /** Whether it voted for what it used, in the same append. */
  voted: boolean;
  /** Ids of the reflections recorded in the same append. */
  reflections: string[];
};

export type RunCompletion = { type: 'run.completed'; data: CompletedRun };
export type RunEvent = { type: 'run.started'; data: StartedRun } | RunCompletion;

export type Run = StartedRun &
  Omit<CompletedRun, 'success' | 'voted'> & {
    id: string;
    tenant: string;
    revision: number;
    status: RunStatus;
    startedAt: Instant;
    completedAt: Instant | null;
  };

export const isRunEvent = (event: { type: string }): event is RunEvent =>
  event.type === 'run.started' || event.type === 'run.completed';

/** Folds one event; null is the state before the first. */
export function evolve(state: Run | null, event: RunEvent, at: Recorded): Run | null {
  if (event.type === 'run.started')
    return {
      ...event.data,
      id: at.id,
      tenant: at.tenant,
      revision: at.revision,
      status: 'RUNNING',
      evaluation: {},
      error: null,
      errorPattern: null,
      reflections: [],
      startedAt: at.recordedAt,
      completedAt: null,
    };
  if (state === null) return null;
  const { success, voted: _, ...completed } = event.data;
  return {
    ...state,
    ...completed,
    status: success ? 'SUCCEEDED' : 'FAILED',
    revision: at.revision,
    completedAt: at.recordedAt,
  };
}
