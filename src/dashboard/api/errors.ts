// What went wrong, in words for whoever looks at the page, with the id under which the server's log has it.
import type { CombinedError } from 'urql';

export interface Problem {
  message: string;
  requestId: string | null;
  /** The server was not reached: it is asked again when it is. */
  offline: boolean;
}

export const codesOf = (error: CombinedError | undefined): string[] =>
  (error?.graphQLErrors ?? []).map(({ extensions }) => String(extensions['code'] ?? ''));

const WORDS: Readonly<Record<string, string>> = {
  FORBIDDEN: 'Your account may not see this.',
  RATE_LIMITED: 'That was too much in too short a time. Wait a minute, then try again.',
  TOO_COMPLEX: 'That is too much at once.',
  BAD_USER_INPUT: 'There is no such thing to show. The address may be mistyped.',
  INTERNAL_SERVER_ERROR: 'Something went wrong on our side.',
};

export function problemOf(error: CombinedError): Problem {
  const [first] = error.graphQLErrors;
  const code = codesOf(error)[0] ?? '';
  const requestId = first?.extensions['requestId'];
  return {
    message:
      error.networkError && !first
        ? 'The server could not be reached.'
        : (WORDS[code] ?? WORDS['INTERNAL_SERVER_ERROR'] ?? ''),
    requestId: typeof requestId === 'string' ? requestId : null,
    offline: Boolean(error.networkError) && !first,
  };
}
