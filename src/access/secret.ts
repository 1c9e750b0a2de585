// The secrets of keys: 32 random bytes, of which only the SHA-256 is kept.
import { createHash, randomBytes } from 'node:crypto';

export const newSecret = (): string => `annals_${randomBytes(32).toString('base64url')}`;

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
