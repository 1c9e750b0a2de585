// One page of the log through all projections: the documents are loaded at once, and each event sees what those before
// it in the page made.
import type { Category } from '../src/domain/streams.ts';
import type { DecodedEvent } from '../src/events/codec.ts';
import type { Change, DocumentKey, DocumentKind, Documents, ViewWriter } from '../src/views/view-store.ts';
import { feature } from './feature.ts';
import { handoff } from './handoff.ts';
import { memory } from './memory.ts';
import type { Projection } from './projection.ts';
import { run } from './run.ts';
import { session } from './session.ts';
import { votes } from './votes.ts';

/** By the category of the streams they read. */
const projections: { readonly [C in Category]?: readonly Projection[] } = {
  memory: [memory, votes],
  session: [session],
  handoff: [handoff],
  feature: [feature],
  run: [run],
};

/** The categories that make documents. */
export const projected = Object.keys(projections) as Category[];

/** By category and type, as they come: an event's type tells what it concerns, whatever else it holds. */
const found = new Map<Category, Map<string, Projection | null>>();

/** At most one: no two make the same event's document. */
function projectionOf({ name: { category }, event }: DecodedEvent): Projection | null {
  const byType = found.get(category) ?? new Map<string, Projection | null>();
  const known = byType.get(event.type);
  if (known !== undefined) return known;
  const projection = projections[category]?.find((one) => one.concerns(event)) ?? null;
  found.set(category, byType.set(event.type, projection));
  return projection;
}

/** A document on its way through the page. */
type Kept = {
  key: DocumentKey;
  document: Documents[DocumentKind] | null;
  first: Change | null;
  last: Change | null;
};
type Step = { decoded: DecodedEvent; projection: Projection; kept: Kept };

export type Page = {
  /** Projects the event of this index. When it throws, it is as if the event were not in the page. */
  project(index: number): void;
  /**
   * Of each document only its first and its last change: a thousand votes on one memory are not a thousand documents of
   * votes. The first stays because a memory's place in its session is the position at which it was recorded.
   */
  changes(): Change[];
};

export async function openPage(events: readonly DecodedEvent[], load: ViewWriter['load']): Promise<Page> {
  const steps = await plan(events, load);
  const made: { change: Change; kept: Kept }[] = [];
  return {
    project(index) {
      const step = steps[index];
      if (step === undefined || step === null) return;
      const { decoded, projection, kept } = step;
      const document = projection.project(decoded, kept.document);
      if (document === null) return;
      // A projection of a kind makes that kind's document; a list of several cannot say so.
      const change = { ...kept.key, position: decoded.position, document } as Change;
      kept.document = document;
      kept.first ??= change;
      kept.last = change;
      made.push({ change, kept });
    },
    changes: () =>
      made.filter(({ change, kept }) => change === kept.first || change === kept.last).map(({ change }) => change),
  };
}

/** All of them, or the first failure. */
export async function projectPage(events: readonly DecodedEvent[], load: ViewWriter['load']): Promise<Change[]> {
  const page = await openPage(events, load);
  for (let index = 0; index < events.length; index++) page.project(index);
  return page.changes();
}

/** null for an event that makes no document. */
async function plan(events: readonly DecodedEvent[], load: ViewWriter['load']): Promise<(Step | null)[]> {
  const byKind = new Map<DocumentKind, Map<string, Kept>>();
  const loading: Kept[] = [];
  const steps = events.map((decoded): Step | null => {
    const projection = projectionOf(decoded);
    if (projection === null) return null;
    const { kind } = projection;
    const ofKind = byKind.get(kind) ?? new Map<string, Kept>();
    byKind.set(kind, ofKind);
    let kept = ofKind.get(decoded.stream);
    if (kept === undefined) {
      const { tenant, id } = decoded.at;
      kept = { key: { kind, tenant, id }, document: null, first: null, last: null };
      ofKind.set(decoded.stream, kept);
      // Before a stream's first event there is none to load.
      if (decoded.at.revision > 0) loading.push(kept);
    }
    return { decoded, projection, kept };
  });
  const loaded = loading.length === 0 ? [] : await load(loading.map(({ key }) => key));
  loading.forEach((kept, index) => {
    kept.document = loaded[index] ?? null;
  });
  return steps;
}
