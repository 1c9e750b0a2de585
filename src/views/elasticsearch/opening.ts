// Which build answers: the one that did, or the one before it, if this process can carry on with it and its indices are
// all there. Else one is begun, empty.
import type { Position } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import { sameSignature } from '../signatures.ts';
import type { ViewSignature } from '../view-store.ts';
import { type BuildIndices, type BuildMade, nextName } from './builds.ts';
import type { Part } from './names.ts';

export type Opened = {
  build: Part;
  signature: ViewSignature;
  /** Why it is empty; null: it was there. */
  begunAnew: string | null;
};

export type OpeningOptions = {
  indices: BuildIndices;
  /** What this process makes views under. */
  own: ViewSignature;
  canCarryOn(made: ViewSignature): boolean;
  checkpointOf(build: BuildMade): Promise<Position | null>;
  /** It has not read any yet: views that it cannot carry on with are begun anew then, and only then. */
  first: boolean;
};

export async function openServing({ indices, own, canCarryOn, checkpointOf, first }: OpeningOptions): Promise<Opened> {
  const all = await indices.list();
  const serving = all.find(({ role }) => role === 'serving');
  const previous = all.find(({ role }) => role === 'previous');
  const usable = (build: BuildMade | undefined): build is BuildMade =>
    build?.known === true && canCarryOn(build.signature);
  if (usable(serving) && (await isWhole(serving))) return opened(serving);
  if (usable(previous) && sameSignature(previous.signature, own) && (await isWhole(previous))) {
    await indices.serve(previous.name, own, serving?.name ?? null);
    return opened(previous);
  }
  if (serving !== undefined && !usable(serving) && !first)
    throw failure(
      'UNAVAILABLE',
      'the views were made anew by another version of this program, which this one cannot read',
    );
  return { build: await begin(indices, own, all), signature: own, begunAnew: reasonOf(all, usable(serving)) };

  async function opened({ name, signature }: BuildMade): Promise<Opened> {
    await indices.check(name, signature);
    return { build: name, signature, begunAnew: null };
  }

  /** Nothing is missing, or can be made without a loss. */
  async function isWhole(build: BuildMade): Promise<boolean> {
    const missing = await indices.missing(build.name, build.signature);
    if (missing.length === 0) return true;
    const isEmpty = missing.includes('state') || (await checkpointOf(build)) === null;
    if (!isEmpty && missing.some((kind) => kind !== 'vectors')) return false;
    await indices.complete(build.name, build.signature);
    return true;
  }
}

/** An empty build that answers. What answered may do so again, for who can read it; what was before that goes. */
async function begin(indices: BuildIndices, own: ViewSignature, all: readonly BuildMade[]): Promise<Part> {
  const begun = all.findLast(({ role, known, signature }) => role === null && known && sameSignature(signature, own));
  const former = all.find(({ role }) => role === 'serving')?.name ?? null;
  // One that another process begins at this moment is the one to share.
  const name = begun !== undefined && begun.name > (former ?? '') ? begun.name : nextName(all);
  await indices.complete(name, own);
  await indices.check(name, own);
  await indices.serve(name, own, former);
  for (const build of all) if (build.name !== name && build.name !== former) await indices.remove(build.name);
  return name;
}

function reasonOf(all: readonly BuildMade[], usable: boolean): string {
  if (all.length === 0) return 'there were no views';
  const isThere = all.some(({ role }) => role === 'serving');
  return usable || !isThere ? 'an index of them was gone' : 'they were made by other projections';
}
