// A token bucket for each key: `burst` requests at once, `perSecond` in the long run.
import QuickLru from 'quick-lru';

export type RateLimit = { perSecond: number; burst: number };

/** Takes one token: null when there was one, else the seconds until there is. */
export type TakeToken = (key: string) => number | null;

/** Buckets kept; a bucket that falls out is a full one again, which errs on the side of the caller. */
const MAX_BUCKETS = 10_000;

export function createRateLimit(limit: RateLimit | null, now: () => number): TakeToken {
  if (limit === null) return () => null;
  const { perSecond, burst } = limit;
  const buckets = new QuickLru<string, { tokens: number; at: number }>({ maxSize: MAX_BUCKETS });

  return (key) => {
    const time = now();
    const bucket = buckets.get(key) ?? { tokens: burst, at: time };
    bucket.tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1000) * perSecond);
    bucket.at = time;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
    bucket.tokens -= 1;
    return null;
  };
}
