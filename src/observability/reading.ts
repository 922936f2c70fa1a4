// A reading that many ask for and that costs something: made once for all who ask at the same time, kept for a moment,
// and never waited for longer than they have patience.

export interface ReadingOptions {
  /** Milliseconds for which one answer serves everybody. */
  freshMs: number;
  /** Milliseconds that whoever asks waits at most. */
  patienceMs: number;
  /** Is told why nothing could be read. */
  onError(error: unknown): void;
}

/** Answers null where `read` fails or is late. While one is under way no other is begun, however late it is. */
export type Reading<T> = () => Promise<T | null>;

export function createReading<T>(
  read: () => Promise<T>,
  { freshMs, patienceMs, onError }: ReadingOptions,
): Reading<T> {
  let kept: { value: T; at: number } | null = null;
  let underWay: Promise<T | null> | null = null;
  const begin = async () => {
    try {
      const value = await read();
      kept = { value, at: performance.now() };
      return value;
    } catch (error) {
      onError(error);
      return null;
    } finally {
      underWay = null;
    }
  };
  return () => {
    if (kept && performance.now() - kept.at < freshMs) return Promise.resolve(kept.value);
    underWay ??= begin();
    return within(patienceMs, underWay);
  };
}

async function within<T>(ms: number, work: Promise<T | null>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
