// A feature: something that a team of agents builds, and that passes only when one who did not build it has said so.
import type { Instant, Recorded } from './event.ts';

export const featureStatuses = ['NOT_STARTED', 'IN_PROGRESS', 'BLOCKED', 'TESTING', 'COMPLETE', 'FAILED'] as const;
export type FeatureStatus = (typeof featureStatuses)[number];

export type DeclaredFeature = {
  /** Unique within its namespace. */
  id: string;
  namespace: string;
  description: string;
  category: string | null;
  session: string | null;
  testSteps: string[];
};

/** Beside the status only what the update names. */
export type FeatureUpdate = {
  status: FeatureStatus;
  implementedBy?: string;
  /** Always the acting agent. */
  verifiedBy?: string;
  notes?: string;
  failureReason?: string;
};

export type FeatureEvent =
  | { type: 'feature.declared'; data: DeclaredFeature }
  | { type: 'feature.updated'; data: FeatureUpdate };

export type Feature = DeclaredFeature & {
  tenant: string;
  revision: number;
  status: FeatureStatus;
  /** A verifier who did not implement it has said that it is complete, and nothing was said since that takes it back. */
  passes: boolean;
  implementedBy: string | null;
  /** Who verified the status and the implementation that it has now. */
  verifiedBy: string | null;
  notes: string | null;
  /** Why it has the status that it has now. */
  failureReason: string | null;
  declaredAt: Instant;
  updatedAt: Instant;
};

/** The id of a feature's stream and document. No name has a colon. */
export const featureKey = (namespace: string, id: string): string => `${namespace}:${id}`;

export const isFeatureEvent = (event: { type: string }): event is FeatureEvent =>
  event.type === 'feature.declared' || event.type === 'feature.updated';

/** Folds one event; null is the state before the first. */
export function evolve(state: Feature | null, event: FeatureEvent, at: Recorded): Feature | null {
  if (event.type === 'feature.declared')
    return {
      ...event.data,
      tenant: at.tenant,
      revision: at.revision,
      status: 'NOT_STARTED',
      passes: false,
      implementedBy: null,
      verifiedBy: null,
      notes: null,
      failureReason: null,
      declaredAt: at.recordedAt,
      updatedAt: at.recordedAt,
    };
  return state && { ...state, ...updated(state, event.data), revision: at.revision, updatedAt: at.recordedAt };
}

function updated(state: Feature, { status, ...named }: FeatureUpdate) {
  const implementedBy = named.implementedBy ?? state.implementedBy;
  // What was verified is another status, or the work of another.
  const stale = status !== state.status || implementedBy !== state.implementedBy;
  const verifiedBy = named.verifiedBy ?? (stale ? null : state.verifiedBy);
  return {
    status,
    implementedBy,
    verifiedBy,
    passes: status === 'COMPLETE' && verifiedBy !== null && verifiedBy !== implementedBy,
    notes: named.notes ?? state.notes,
    failureReason: named.failureReason ?? (status === state.status ? state.failureReason : null),
  };
}
