/** Raised when what the projections write changes its shape or meaning: the views are then made anew. */
export const PROJECTIONS = 3;

/**
 * The first version whose documents this one reads, and folds later events into, as if they were its own: such views
 * answer until others are made. Raised with PROJECTIONS, unless documents only gained what they may lack.
 */
const OLDEST = 3;

export const canCarryOn = (projections: number): boolean => projections >= OLDEST && projections <= PROJECTIONS;
