// What a profile brings: the adapters behind the ports, opened.
import type { EventLog } from '../log/event-log.ts';
import type { ViewBuilds } from '../views/view-builds.ts';
import type { ViewStore } from '../views/view-store.ts';

export type Profile = {
  name: 'embedded' | 'distributed';
  log: EventLog;
  views: ViewStore;
  /** Of those views; null: they cannot be made anew beside. */
  builds: ViewBuilds | null;
  /** Empties the views, where they were made from another log. */
  resetViews: () => Promise<void>;
  /** Empty views, for a state of the past; they are gone when they are closed. */
  openScratch: () => Promise<ViewStore>;
  /** Clears away what expired. Only at the log's head: later events of an expired memory would find its text gone. */
  sweep: (now: string) => Promise<unknown>;
  /** Where the default tenant's key is kept. */
  keyFile: string;
};

/** Passages are cut by the built-in model's tokens, whatever embeds them. The build changes the file's extension. */
export const countTokensModule = new URL(
  `../embedding/minilm/count-tokens${import.meta.url.slice(-3)}`,
  import.meta.url,
);
