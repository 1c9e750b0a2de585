import type { ViewWriter } from '../views/view-store.ts';
import type { Pump } from './pump.ts';

/** The pump looks for work whenever documents changed. */
export const nudging = <Views extends Pick<ViewWriter, 'apply'>>(views: Views, pump: Pick<Pump, 'nudge'>): Views => ({
  ...views,
  apply: async (...batch) => {
    await views.apply(...batch);
    pump.nudge();
  },
});
