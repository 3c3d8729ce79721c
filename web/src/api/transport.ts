import { signedIn } from './signed-in.ts'

/** Sign-in routes answer 401 for other reasons than an expired token. */
const isSignInRoute = (url: string): boolean =>
  /\/auth\/(?:login|refresh|logout|register)$/.test(new URL(url).pathname)

/** Runs work in one tab at a time; on a page without TLS from another host there are no locks, and each tab runs it. */
const exclusively = async (work: () => Promise<boolean>): Promise<boolean> =>
  'locks' in navigator ? navigator.locks.request('agora.refresh', work) : work()

let refreshing: Promise<boolean> | undefined

const askForTokens = async (): Promise<boolean> => {
  // Another tab may have renewed them while this one waited for the lock.
  if (!signedIn.expiresSoon()) return true
  const response = await fetch('/api/v1/auth/refresh', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (response.ok) {
    const { tokens }: { tokens: { accessToken: string } } = await response.json()
    signedIn.begin(tokens)
    return true
  }
  if (response.status === 401 || response.status === 403) signedIn.end()
  return false
}

/**
 * Renews the access token, once for all requests and tabs that need it.
 * @returns whether the browser has a valid token now
 */
export const refreshTokens = (): Promise<boolean> => {
  refreshing ??= exclusively(askForTokens)
    .catch(() => false)
    .finally(() => (refreshing = undefined))
  return refreshing
}

/**
 * `fetch` with the session of this browser: a token about to expire is renewed before, and a request that is refused for
 * it is sent once more.
 */
export const send = async (request: Request): Promise<Response> => {
  if (!signedIn.is() || isSignInRoute(request.url)) return fetch(request)
  if (signedIn.expiresSoon()) await refreshTokens()
  const again = request.clone()
  const response = await fetch(request)
  if (response.status !== 401 || !signedIn.is()) return response
  signedIn.assume()
  return (await refreshTokens()) ? fetch(again) : response
}
