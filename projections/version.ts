/** Raised when what the projections write changes its shape or meaning: the views are then made anew. */
export const PROJECTIONS = 3;
