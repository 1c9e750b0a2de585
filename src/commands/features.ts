// Features. An agent declares one; everyone of the tenant says how it stands, and one who did not implement it verifies it.
import { actingAgent, readerOf } from '../access/caller.ts';
import { isName } from '../domain/checks.ts';
import {
  evolve,
  type Feature,
  type FeatureEvent,
  type FeatureUpdate,
  featureKey,
  isFeatureEvent,
} from '../domain/feature.ts';
import { declare, update } from '../domain/feature-decisions.ts';
import { begin } from './begin.ts';
import { change } from './change.ts';
import type { CommandContext, FeatureResult } from './context.ts';
import { type Noun, readByAll } from './noun.ts';
import { within } from './request.ts';
import type { DeclareFeatureInput, UpdateFeatureInput } from './work-inputs.ts';

export const featureNoun: Noun<Feature, FeatureEvent> = {
  category: 'feature',
  title: 'the feature',
  isId: (key) => key.split(':').every(isName),
  includes: isFeatureEvent,
  evolve,
  readable: readByAll('there is no such feature in this namespace'),
};

export async function declareFeature(context: CommandContext, input: DeclareFeatureInput): Promise<FeatureResult> {
  actingAgent(context.caller);
  const { id, commandId, namespace, description, category, session, testSteps } = input;
  const given = {
    id,
    namespace: namespace ?? 'default',
    description,
    category: category ?? null,
    session: session ?? null,
    testSteps: [...(testSteps ?? [])],
  };
  const { state, position } = await within('input', () =>
    begin(context, featureNoun, { id: featureKey(given.namespace, id), commandId, decide: () => declare(given) }),
  );
  return { feature: state, position };
}

export async function updateFeature(context: CommandContext, input: UpdateFeatureInput): Promise<FeatureResult> {
  const { agent } = readerOf(context.caller);
  const { id, namespace, expectedVersion, commandId } = input;
  const given = updateOf(input);
  const { state, position } = await within('input', () =>
    change(context, featureNoun, {
      id: featureKey(namespace ?? 'default', id),
      expectedVersion,
      commandId,
      decide: (feature) => update(feature, given, agent),
    }),
  );
  return { feature: state, position };
}

const updateOf = ({ status, implementedBy, verifiedBy, notes, failureReason }: UpdateFeatureInput): FeatureUpdate => ({
  status,
  ...(implementedBy == null ? {} : { implementedBy }),
  ...(verifiedBy == null ? {} : { verifiedBy }),
  ...(notes == null ? {} : { notes }),
  ...(failureReason == null ? {} : { failureReason }),
});
