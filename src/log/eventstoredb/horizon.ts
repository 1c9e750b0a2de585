// How far the log is known to reach in this process. What is found at or before there was in the log before.
export type Horizon = {
  commit(): bigint;
  reach(commit: bigint): void;
};

export function createHorizon(start: bigint): Horizon {
  let known = start;
  return {
    commit: () => known,
    reach(commit) {
      if (commit > known) known = commit;
    },
  };
}
