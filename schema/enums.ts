// The closed sets of the API.
import { failureCodes } from '../src/domain/failure.ts';
import { featureStatuses } from '../src/domain/feature.ts';
import { handoffStatuses } from '../src/domain/handoff.ts';
import { memoryTypes } from '../src/domain/memory.ts';
import { runStatuses } from '../src/domain/run.ts';
import { itemStatuses, sessionStatuses } from '../src/domain/session.ts';
import { builder } from './builder.ts';

export const Scope = builder.enumType('Scope', { values: ['AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL'] as const });
export const MemoryType = builder.enumType('MemoryType', { values: memoryTypes });
export const VoteValue = builder.enumType('VoteValue', { values: ['HELPFUL', 'HARMFUL'] as const });
export const SearchMode = builder.enumType('SearchMode', { values: ['HYBRID', 'SEMANTIC', 'KEYWORD'] as const });
export const SessionStatus = builder.enumType('SessionStatus', { values: sessionStatuses });
export const ItemStatus = builder.enumType('ItemStatus', { values: itemStatuses });
export const HandoffStatus = builder.enumType('HandoffStatus', { values: handoffStatuses });
export const FeatureStatus = builder.enumType('FeatureStatus', { values: featureStatuses });
export const RunStatus = builder.enumType('RunStatus', { values: runStatuses });
export const Role = builder.enumType('Role', { values: ['ADMIN', 'TENANT', 'AGENT'] as const });

builder.enumType('ErrorCode', {
  description: 'Every failure carries one of these in extensions.code.',
  values: failureCodes,
});
