// Builds of the embedded views: files beside each other, each with a worker of its own while it is open. The vectors are
// kept in one file for all of them, so that a text is embedded once for each model.
import { failure } from '../../domain/failure.ts';
import { sameSignature } from '../signatures.ts';
import type { Build, BuildRole, BuildViews, ViewBuilds } from '../view-builds.ts';
import type { ViewSignature } from '../view-store.ts';
import { buildsFile, type Numbers } from './builds-file.ts';
import { removeDatabase } from './damage.ts';
import { type EmbeddedViews, type EmbeddedViewsOptions, openEmbeddedViews } from './embedded-views.ts';
import { signatureIn } from './views-file.ts';
import { viewsThrough } from './views-through.ts';

export type EmbeddedBuildsOptions = Omit<EmbeddedViewsOptions, 'sharedVectors'> & {
  /**
   * Whether views made under another signature than `signature` can be read and carried on with, so that they answer
   * until others are made. They are begun anew where they cannot.
   */
  canCarryOn(made: ViewSignature): boolean;
};

export type EmbeddedBuilds = ViewBuilds & {
  /** Each call goes to the build that answers then. Closing them closes all. */
  readonly views: EmbeddedViews;
};

/** `viewsFile` is that of the first build. */
export async function openEmbeddedBuilds(options: EmbeddedBuildsOptions): Promise<EmbeddedBuilds> {
  const { viewsFile, signature, canCarryOn, onProgress, ...shared } = options;
  const files = buildsFile(viewsFile);
  const madeUnder = (build: number) => signatureIn(files.viewsFile(build));
  let numbers = settled(files.read());
  files.removeOthers(numbers);

  let answersUnder = openedUnder(numbers.serving);
  let serving = await openEmbeddedViews({
    ...shared,
    viewsFile: files.viewsFile(numbers.serving),
    signature: answersUnder,
    ...(onProgress && { onProgress }),
  });
  const open = new Map<BuildRole, { views: EmbeddedViews; signature: ViewSignature }>();
  let closed = false;

  /** What cannot answer gives way to what was made under this signature before. */
  function settled(found: Numbers): Numbers {
    const { serving, previous } = found;
    const made = madeUnder(serving);
    if (previous === null || made === null || canCarryOn(made) || !isSame(madeUnder(previous), signature)) return found;
    const turned = { ...found, serving: previous, previous: serving };
    files.write(turned);
    return turned;
  }

  function openedUnder(build: number): ViewSignature {
    const made = madeUnder(build);
    return made !== null && canCarryOn(made) ? made : signature;
  }

  function save(changed: Partial<Numbers>): void {
    const changedNumbers = { ...numbers, ...changed };
    try {
      files.write(changedNumbers);
    } catch (cause) {
      throw failure('UNAVAILABLE', 'which views answer cannot be written to the data folder', {}, { cause });
    }
    numbers = changedNumbers;
  }

  const buildOf = (build: number | null): Build | null =>
    build === null ? null : { id: String(build), signature: madeUnder(build) ?? signature };

  /** The number comes first: a file that no number names is removed at the next start. */
  function nextNumber(): number {
    const { serving, next, previous } = numbers;
    if (next !== null && isSame(madeUnder(next), signature)) return next;
    const fresh = Math.max(serving, next ?? 0, previous ?? 0) + 1;
    save({ next: fresh });
    if (next !== null) removeDatabase(files.viewsFile(next));
    return fresh;
  }

  function previousNumber(): number {
    if (numbers.previous === null) throw failure('NOT_FOUND', 'there are no views that answered before');
    return numbers.previous;
  }

  function admit(role: BuildRole): void {
    if (closed) throw failure('UNAVAILABLE', 'the views are closed');
    if (open.has(role)) throw failure('CONFLICT', `the ${role} views are open already`);
  }

  return {
    views: {
      ...viewsThrough(() => serving),
      begunAnew: serving.begunAnew,
      async close() {
        closed = true;
        await Promise.all([serving, ...[...open.values()].map(({ views }) => views)].map((views) => views.close()));
      },
    },
    own: signature,
    signature: () => answersUnder,
    async list() {
      const { next, previous } = numbers;
      return {
        serving: { id: String(numbers.serving), signature: answersUnder },
        next: buildOf(next),
        previous: buildOf(previous),
      };
    },
    async open(role): Promise<BuildViews> {
      admit(role);
      const build = role === 'next' ? nextNumber() : previousNumber();
      const under = role === 'next' ? signature : openedUnder(build);
      const views = await openEmbeddedViews({ ...shared, viewsFile: files.viewsFile(build), signature: under });
      open.set(role, { views, signature: under });
      return {
        ...views,
        async close() {
          if (open.get(role)?.views !== views) return;
          open.delete(role);
          await views.close();
        },
      };
    },
    async serve(role) {
      const taking = open.get(role);
      const build = numbers[role];
      if (taking === undefined || build === null) throw failure('CONFLICT', `the ${role} views are not open`);
      const former = serving;
      const gone = role === 'next' ? numbers.previous : null;
      save({ serving: build, previous: numbers.serving, ...(role === 'next' && { next: null }) });
      open.delete(role);
      serving = taking.views;
      answersUnder = taking.signature;
      // What it was asked before is answered; then its memory is free again.
      await former.close();
      if (gone !== null) removeDatabase(files.viewsFile(gone));
    },
    async drop(role) {
      admit(role);
      const build = numbers[role];
      if (build === null) return;
      save({ [role]: null });
      removeDatabase(files.viewsFile(build));
    },
  };
}

const isSame = (made: ViewSignature | null, wanted: ViewSignature): boolean =>
  made !== null && sameSignature(made, wanted);
