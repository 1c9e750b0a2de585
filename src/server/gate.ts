// Bounds how many requests run at once. Whoever comes when it is full is told so at once: a queue would only make
// everybody wait for answers that their clients have given up on.

/** null when it is full; else a function to call, once, when the request is done. */
export type Enter = () => (() => void) | null;

export function createGate(limit: number): Enter {
  let inside = 0;
  const leave = () => {
    inside -= 1;
  };
  return () => {
    if (inside >= limit) return null;
    inside += 1;
    return leave;
  };
}
