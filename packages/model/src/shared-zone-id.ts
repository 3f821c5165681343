// How a shared zone is named: by whoever writes it first, in orders and in addresses.
import { z } from 'zod';

export const sharedZoneIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/, 'must be 1 to 64 small letters, digits, dots and hyphens');
