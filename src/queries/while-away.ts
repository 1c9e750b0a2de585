// Reads that the log can answer go on while the views are away.
import { Failure } from '../domain/failure.ts';

/** What the views answer, else the log: the same with the same rights, and only slower. */
export async function orFromLog<T>(views: () => Promise<T>, log: () => Promise<T>): Promise<T> {
  try {
    return await views();
  } catch (error) {
    if (error instanceof Failure && error.code === 'UNAVAILABLE') return log();
    throw error;
  }
}
