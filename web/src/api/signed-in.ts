/**
 * Whether this browser has a session, and until when its access token is valid. The tokens themselves are in cookies that
 * no script can read; this is only what saves requests that would be refused.
 */
const key = 'agora.session'

/** The token is renewed this long before it expires, in ms. */
const early = 30_000

type Listener = () => void
const listeners = new Set<Listener>()

const read = (): number | undefined => {
  const value = Number(localStorage.getItem(key) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

const changed = (): void => {
  for (const listener of listeners) listener()
}

/**
 * Expiry of an access token that was issued just now, in ms since 1970 by the clock of this device, which may differ from
 * the server's; its payload is readable without a key (RFC 7519).
 */
const expiryOf = (accessToken: string): number => {
  const payload = accessToken.split('.')[1] ?? ''
  const { exp = 0, iat = 0 }: { exp?: number; iat?: number } = JSON.parse(
    atob(payload.replaceAll('-', '+').replaceAll('_', '/')),
  )
  return Date.now() + (exp - iat) * 1_000
}

export const signedIn = {
  /** Whether this browser has signed in and not out; its session may have ended elsewhere. */
  is: (): boolean => read() !== undefined,
  /** Whether the access token is to be renewed before the next request. */
  expiresSoon: (): boolean => (read() ?? Number.POSITIVE_INFINITY) - early < Date.now(),
  /** Records a sign-in or a renewal. */
  begin: ({ accessToken }: { readonly accessToken: string }): void => {
    const before = signedIn.is()
    localStorage.setItem(key, String(expiryOf(accessToken)))
    if (!before) changed()
  },
  /** Records a sign-in whose answer this page did not see; the next request renews the token. */
  assume: (): void => {
    const before = signedIn.is()
    localStorage.setItem(key, '0')
    // A token that is only to be renewed ends no session, and closes no socket.
    if (!before) changed()
  },
  /** Records the end of the session. */
  end: (): void => {
    if (!signedIn.is()) return
    localStorage.removeItem(key)
    changed()
  },
  /** Calls back after each sign-in and sign-out, in other tabs too. @returns ends it */
  onChange: (listener: Listener): (() => void) => {
    const elsewhere = (event: StorageEvent): void => {
      if (event.key === key && (event.oldValue === null) !== (event.newValue === null)) listener()
    }
    listeners.add(listener)
    window.addEventListener('storage', elsewhere)
    return () => {
      listeners.delete(listener)
      window.removeEventListener('storage', elsewhere)
    }
  },
}
