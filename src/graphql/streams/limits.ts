// How many streams one user may have open in this process, over both transports: each costs memory for as long as it
// lasts, which no rate of requests limits.

export interface StreamLimits {
  /** @returns what gives the place back, safe to call twice; null: there is none left */
  take(user: string): (() => void) | null;
  /** How many are open in all. */
  readonly open: number;
  readonly perUser: number;
}

export function createStreamLimits(perUser: number): StreamLimits {
  const byUser = new Map<string, number>();
  let open = 0;
  const change = (user: string, by: 1 | -1) => {
    const count = (byUser.get(user) ?? 0) + by;
    open += by;
    if (count === 0) byUser.delete(user);
    else byUser.set(user, count);
  };
  return {
    perUser,
    take(user) {
      if ((byUser.get(user) ?? 0) >= perUser) return null;
      change(user, 1);
      let held = true;
      return () => {
        if (held) change(user, -1);
        held = false;
      };
    },
    get open() {
      return open;
    },
  };
}
