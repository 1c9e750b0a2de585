// Builds: whole sets of views beside each other, of which one answers. Another is filled meanwhile and then takes its
// place at once. A port beside view-store.ts, for the same adapters; test/conformance/view-builds.ts is its specification.
import type { ViewSignature, ViewStore } from './view-store.ts';

export type Build = { id: string; signature: ViewSignature };

/** next: being filled, or filled and not taken. previous: what answered before, and can again. */
export type BuildRole = 'next' | 'previous';

export type Builds = { serving: Build } & Record<BuildRole, Build | null>;

export type BuildViews = ViewStore & {
  /** Empties it, for a log that is not the one it was made from. */
  reset(): Promise<void>;
};

export type ViewBuilds = {
  /** What this process makes views under. */
  readonly own: ViewSignature;
  /** As it is now, whichever process made it so. */
  list(): Promise<Builds>;
  /**
   * Of the views that answer. Known without asking; where several processes share the views, as of at most a second ago.
   * Another model than this process embeds with: questions have no vector that can be compared with theirs.
   */
  signature(): ViewSignature;
  /**
   * The views of a build that does not answer, to be written and read until they are closed or the build is `serve`d.
   * `next` is made under `own`: what was begun under it before is gone on with, anything else is begun empty.
   * Fails with NOT_FOUND where there is no previous one.
   */
  open(role: BuildRole): Promise<BuildViews>;
  /**
   * From here on the views answer from the build of this role, which must be open, and its handle is used up. In one
   * step: after a crash one of the two answers. A call that has begun is answered by the former, which becomes
   * `previous`; what was that before a `next` took over is removed. Nothing may be written to either meanwhile; another
   * process that still writes to the former fails with UNAVAILABLE, and finds the checkpoint of what answers now.
   */
  serve(role: BuildRole): Promise<void>;
  /** Removes a build, which must not be open. Nothing where there is none. */
  drop(role: BuildRole): Promise<void>;
};
