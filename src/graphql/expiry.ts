// A stream over HTTP ends with the token that opened it. (A socket is closed as a whole: see websocket.ts.)

/** `setTimeout` fires at once for more than this. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The same entries until `at` (milliseconds since 1970); then `error`, and the end. */
export function until<T>(
  source: AsyncIterableIterator<T>,
  at: number,
  error: () => Error,
): AsyncIterableIterator<T> {
  let expired: Error | null = null;
  const end = () => source.return?.() ?? Promise.resolve({ value: undefined, done: true as const });
  const expire = () => {
    expired = error();
    void end();
  };
  const timer = setTimeout(expire, Math.min(at - Date.now(), LONGEST_TIMER_MS)).unref();
  return {
    async next() {
      const result = await source.next();
      if (!result.done) return result;
      clearTimeout(timer);
      const reason = expired;
      expired = null;
      if (reason) throw reason;
      return result;
    },
    return() {
      clearTimeout(timer);
      expired = null;
      return end();
    },
    async throw(cause) {
      clearTimeout(timer);
      await end();
      throw cause;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
