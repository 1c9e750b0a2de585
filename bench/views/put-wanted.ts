import type { ViewStore } from '../../src/views/view-store.ts';

const BATCH = 500;

/** Gives views a vector for each text that wants one, until none does; `done` hears how many that were. */
export async function putWanted(
  views: Pick<ViewStore, 'wantedVectors' | 'putVectors'>,
  vectorOf: (text: string) => Float32Array,
  done: (made: number) => void,
): Promise<void> {
  for (let made = 0; ; ) {
    const wanted = await views.wantedVectors(BATCH);
    if (wanted.length === 0) return;
    await views.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: vectorOf(text) })));
    made += wanted.length;
    done(made);
  }
}
