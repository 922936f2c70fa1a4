// A value that changes and tells who looks at it: what several parts of a page share beside the cache.
import { useSyncExternalStore } from 'react';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(value: T): Store<T> {
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);

/** Something that happens, told to whoever listens. */
export interface Channel<T> {
  tell(what: T): void;
  listen(listener: (what: T) => void): () => void;
}

export function createChannel<T>(): Channel<T> {
  const listeners = new Set<(what: T) => void>();
  return {
    tell(what) {
      for (const listener of [...listeners]) listener(what);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
