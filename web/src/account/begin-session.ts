import { whole } from '../api/client.ts'
import { noteWritten } from '../api/positions.ts'
import { signedIn } from '../api/signed-in.ts'

type Answer = {
  readonly tokens: { readonly accessToken: string }
  readonly meta: { readonly position?: string }
}

/**
 * Awaits the answer of a sign-in or a sign-up, whose session is this browser's from then on. The cookies that the answer
 * sets carry the session; the tokens in its body are not stored.
 * @param prepare called with the cookies, before pages show the session
 * @throws ApiProblem
 */
export const beginSession = async (
  call: Parameters<typeof whole<Answer>>[0],
  prepare?: () => Promise<void>,
): Promise<void> => {
  const { tokens, meta } = await whole(call)
  if (meta.position !== undefined) noteWritten(meta.position)
  await prepare?.()
  signedIn.begin(tokens)
}
