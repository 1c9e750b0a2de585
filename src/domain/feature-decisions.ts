// Declaring a feature, and saying how it stands.
import { checkCount, checkName, checkOptionalText, checkText } from './checks.ts';
import { failure } from './failure.ts';
import type { DeclaredFeature, Feature, FeatureEvent, FeatureUpdate } from './feature.ts';
import { limits } from './limits.ts';

export function declare(given: DeclaredFeature): FeatureEvent {
  checkName(given.id, 'id');
  checkName(given.namespace, 'namespace');
  checkText(given.description, 'description', limits.description);
  checkOptionalText(given.category, 'category', limits.label);
  if (given.session !== null) checkName(given.session, 'session');
  checkCount(given.testSteps, 'testSteps', limits.testSteps);
  given.testSteps.forEach((step, index) => {
    checkText(step, `testSteps.${index}`, limits.testStep);
  });
  return { type: 'feature.declared', data: given };
}

/**
 * `by` is null for the operator. Nobody verifies for another, or a feature could pass without a verifier. Who takes a
 * feature up, or says without verifying that it is complete, implemented it, unless one is named or known: so
 * an implementer cannot come to be its own verifier by naming nobody.
 */
export function update(feature: Feature, given: FeatureUpdate, by: string | null): FeatureEvent[] {
  if (given.implementedBy !== undefined) checkName(given.implementedBy, 'implementedBy');
  checkOptionalText(given.notes ?? null, 'notes', limits.notes);
  checkOptionalText(given.failureReason ?? null, 'failureReason', limits.reason);
  if (given.verifiedBy !== undefined && given.verifiedBy !== by)
    throw failure('FORBIDDEN', 'verifiedBy can be nobody but the acting agent', { field: 'verifiedBy' });

  const takesUp = given.status === 'IN_PROGRESS' || (given.status === 'COMPLETE' && given.verifiedBy === undefined);
  const implementedBy = given.implementedBy ?? feature.implementedBy ?? (takesUp ? by : null);
  const data = implementedBy === feature.implementedBy || implementedBy === null ? given : { ...given, implementedBy };
  return [{ type: 'feature.updated', data }];
}
