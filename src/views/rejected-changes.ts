import type { DocumentKey } from './view-store.ts';

/** Documents that the store will not take, however often it is asked; all others of the batch were applied. */
export class RejectedChanges extends Error {
  /** `reason` holds nothing of the document. */
  readonly rejected: readonly { key: DocumentKey; reason: string }[];

  constructor(rejected: readonly { key: DocumentKey; reason: string }[]) {
    super(`${rejected.length} documents were rejected`);
    this.rejected = rejected;
  }
}
