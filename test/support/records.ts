// Makers of sessions, features, runs and handoffs: whole and valid, and the test names only what matters to it.
import type { Position } from '../../src/domain/event.ts';
import { type Feature, featureKey } from '../../src/domain/feature.ts';
import type { Handoff } from '../../src/domain/handoff.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Session } from '../../src/domain/session.ts';
import type { Change, RecordKind, Records } from '../../src/views/view-store.ts';
import { at, minute, TENANT } from './fixtures.ts';

export const aSession = (id: string, given: Partial<Session> = {}): Session => ({
  id,
  tenant: TENANT,
  revision: 0,
  agent: 'ann',
  title: null,
  user: null,
  namespace: 'default',
  total: null,
  status: 'IN_PROGRESS',
  items: [],
  summary: null,
  lastAction: null,
  startedAt: minute(0),
  updatedAt: minute(0),
  ...given,
});

export const aFeature = (id: string, given: Partial<Feature> = {}): Feature => ({
  id,
  tenant: TENANT,
  revision: 0,
  namespace: 'default',
  description: 'It imports CSV files',
  category: null,
  session: null,
  testSteps: [],
  status: 'NOT_STARTED',
  passes: false,
  implementedBy: null,
  verifiedBy: null,
  notes: null,
  failureReason: null,
  declaredAt: minute(0),
  updatedAt: minute(0),
  ...given,
});

export const aRun = (id: string, given: Partial<Run> = {}): Run => ({
  id,
  tenant: TENANT,
  revision: 0,
  agent: 'ann',
  task: 'Import the invoices',
  namespace: 'default',
  memories: [],
  status: 'RUNNING',
  evaluation: {},
  error: null,
  errorPattern: null,
  reflections: [],
  startedAt: minute(0),
  completedAt: null,
  ...given,
});

export const aHandoff = (id: string, given: Partial<Handoff> = {}): Handoff => ({
  id,
  tenant: TENANT,
  revision: 0,
  from: 'ann',
  to: { agent: 'bob', team: null },
  task: 'Write the report',
  context: {},
  memories: [],
  session: null,
  pinnedAt: at(1),
  expiresAt: null,
  withheld: [],
  status: 'OFFERED',
  acceptedBy: null,
  reason: null,
  result: null,
  offeredAt: minute(0),
  updatedAt: minute(0),
  updatedBy: 'ann',
  ...given,
});

export const putRecord = <K extends RecordKind>(
  kind: K,
  position: Position,
  document: Records[K],
  id = 'declaredAt' in document ? featureKey(document.namespace, document.id) : document.id,
  // A change of this kind has this kind's document; a generic kind cannot say so.
): Change => ({ kind, tenant: document.tenant, id, position, document }) as Change;
