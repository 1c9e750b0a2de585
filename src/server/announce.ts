// What the start tells whoever started it, and how long loading still takes.
import { Presets, SingleBar } from 'cli-progress';
import type { Logger } from './logger.ts';

const FIRST_WORD_AFTER_MS = 1_000;
const LINE_EVERY_MS = 3_000;
const BAR_EVERY_MS = 200;

export type Progress = { done: number; total: number };

/**
 * Shows `read()` while `work` takes longer than a second: a bar on a terminal, else a line of the log every few
 * seconds.
 */
export async function withProgress<T>(
  what: string,
  read: () => Promise<Progress>,
  work: Promise<T>,
  out: typeof process.stdout,
  logger: Logger,
): Promise<T> {
  const bar = out.isTTY
    ? new SingleBar(
        { format: `${what} {bar} {percentage}% {value}/{total}`, stream: out, clearOnComplete: true },
        Presets.rect,
      )
    : null;
  let timer: NodeJS.Timeout;
  let over = false;

  const draw = ({ done, total }: Progress) => {
    if (bar === null) logger.info({ done, total }, what);
    else if (bar.isActive) bar.update(done);
    else bar.start(total, done);
  };
  const show = async () => {
    // A figure that cannot be had is no reason to fail the start.
    const progress = await read().catch(() => null);
    if (over) return;
    if (progress !== null && progress.total > 0) draw(progress);
    timer = setTimeout(show, bar === null ? LINE_EVERY_MS : BAR_EVERY_MS);
  };

  timer = setTimeout(show, FIRST_WORD_AFTER_MS);
  try {
    return await work;
  } finally {
    over = true;
    clearTimeout(timer);
    bar?.stop();
  }
}
