// What the reading side is given by the one that opens the views: reading/reader.ts exports
// `createReader(context: ReaderContext): ViewReader & Pick<ViewStore, 'statistics'>`.
import type { Instant, Position } from '../../domain/event.ts';
import type { Elastic } from './client.ts';
import type { Names } from './names.ts';

export type ReaderContext = {
  elastic: Elastic;
  names: Names;
  /**
   * What every search is at least as of, for the pages' `position`: call it before the search is sent. When the last
   * refresh is more than a second old it begins one in the background.
   */
  position(): Position | null;
  /** Another whenever searches find more that was projected, though maybe a second later; null: not known yet. */
  version(): string | null;
  /** As of what searches that are sent from then on are at least: as `ViewWriter.refresh`. */
  refreshed(): Promise<Position | null>;
  /**
   * To be awaited before a search. What has expired at `now` lends its neighbours no words any more, if this process
   * projects; where another does it comes a moment later, and until then `lentUntil` says which words not to count.
   */
  settle(now: Instant): Promise<void>;
};
