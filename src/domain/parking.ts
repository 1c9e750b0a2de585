// What the administrator asks of the projections. It is an event, so that whichever server projects learns of it.

/** To try again what was left out of the views: of one stream, or of all (null). */
export type ParkingEvent = { type: 'parking.retried'; data: { stream: string | null } };
