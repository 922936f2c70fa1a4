// The token that the platform hands over in the address's fragment. It is read once, taken out of the address, and kept for
// this tab alone; what it says of itself is believed for the clock only, the server decides what it allows.
export interface Token {
  text: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Whose it is: a fresh token of the same user goes on with what the old one began. */
  whose: string;
}

const KEPT = 'payouts.token';

/** The token that came with this address, or the one that this tab has already; null: there is none that holds. */
export function takeToken(): Token | null {
  const arrived = new URLSearchParams(location.hash.slice(1)).get('token');
  if (arrived !== null) history.replaceState(history.state, '', location.pathname + location.search);
  const token = parse(arrived ?? sessionStorage.getItem(KEPT));
  if (!token || token.expiresAt <= Date.now()) return null;
  sessionStorage.setItem(KEPT, token.text);
  return token;
}

export const forgetToken = () => sessionStorage.removeItem(KEPT);

function parse(text: string | null): Token | null {
  try {
    const [, payload = ''] = (text ?? '').split('.');
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const { exp, sub, role, creator_id } = claims as Record<string, unknown>;
    const whose = JSON.stringify([sub, role, creator_id]);
    return text && typeof exp === 'number' ? { text, expiresAt: exp * 1_000, whose } : null;
  } catch {
    return null;
  }
}
