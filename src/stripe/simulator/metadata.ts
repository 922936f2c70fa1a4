// Applies a metadata change as Stripe does: named keys are set, empty ones go, `''` clears all.
import type { MetadataChange } from './reader.js';

export function applyMetadata(
  old: Record<string, string>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === '') return {};
  const merged = Object.entries({ ...old, ...change });
  return Object.fromEntries(merged.filter(([, value]) => value !== ''));
}
