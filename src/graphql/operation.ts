// One operation under way, as what is told of it in the end needs it.

/** What a caller asked to have executed. */
export interface Asked {
  query?: unknown;
  operationName?: unknown;
}

/** It is told of once. */
export interface Operation {
  /** By the process's own clock, in milliseconds. */
  readonly began: number;
  readonly requestId: string;
  asked: Asked;
  told: boolean;
}
