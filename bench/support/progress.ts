// A progress bar on a terminal, nothing elsewhere: programs read the bench's last output only.
import { Presets, SingleBar } from 'cli-progress';

/** Calls `work` with a function that tells how much is done. */
export async function withProgress<T>(
  title: string,
  total: number,
  work: (done: (count: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar(
    { format: `${title} {bar} {value}/{total}  {eta_formatted} left`, noTTYOutput: false },
    Presets.rect,
  );
  bar.start(total, 0);
  try {
    return await work((count) => bar.update(count));
  } finally {
    bar.stop();
  }
}
