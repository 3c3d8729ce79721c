import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { account, isOfTheseCredentials, ProviderName, session } from '../language.ts'
import { deviceCookie, deviceCookieName } from '../../../serving/cookies.ts'
import { devicesOf } from '../services/devices.ts'
import { proofOf } from '../services/reauthenticate.ts'
import { accountOf, type Found } from '../services/accounts.ts'
import { externalSignIn } from '../services/external-sign-in.ts'
import type { Ports } from '../../../serving/ports.ts'
import { PathText } from '../../../serving/path-text.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Caller } from '../../../serving/caller.ts'
import { signInsOf, SignIns } from '../services/sign-ins.ts'
import { route } from '../../../serving/route.ts'

/** Greatest age of a sign-in that proves the identity of a user without a password, in ms. */
const recently = 10 * 60_000

/** Greatest difference between the clocks of processes, in ms. */
const clockError = 60_000

/**
 * Verifies that the caller owns the account: by the password, or by a recent sign-in where there is none.
 * @throws Problem 403 `wrong_password`, `sign_in_again`; 404; 429
 */
const mustBeOwner = async (
  ports: Pick<Ports, 'executor' | 'passwords' | 'counters' | 'clock'>,
  caller: Caller,
  password: string | undefined,
  ip: string,
): Promise<Found> => {
  const { executor, clock } = ports
  const found = await accountOf(executor, caller.id)
  if (!found) throw notFound('account')
  if (found.state.passwordHash !== '')
    return proofOf(ports, caller, { password: password ?? '', field: 'password', ip })
  const { state } = await executor.stateOf(session, caller.sessionId)
  // A sign-in permits one change of credentials; the next change needs another one.
  const isProof = state.status !== 'new' && isOfTheseCredentials(found.state, state)
  const openedAt = isProof ? state.openedAt : undefined
  // A time in the future is of a clock that was set back since, and proves nothing.
  const age = clock().getTime() - Date.parse(openedAt ?? '')
  if (openedAt === undefined || age > recently || age < -clockError)
    throw new Problem(
      403,
      'sign_in_again',
      'It is too long since you signed in, or your ways to sign in have changed since. Sign in once more, and then link the other identity.',
    )
  return found
}

/**
 * Routes of linked identities: the providers, adding and removing an identity. Adding one needs the password, so that a
 * stolen token does not suffice.
 */
export const externalLinkRoutes = [
  route({
    method: 'GET',
    url: '/auth/oauth',
    access: 'public',
    operationId: 'listProviders',
    summary: 'The identity providers',
    data: Type.Object({ providers: Type.Array(Type.String()) }),
    handle: async (_asked, { identityProviders = [] }) => ({
      data: { providers: identityProviders.map(({ name }) => name) },
    }),
  }),

  route({
    method: 'POST',
    url: '/auth/oauth/:provider/link',
    access: 'user',
    operationId: 'linkOAuth',
    summary: 'Link an identity at a provider',
    description:
      'Answers with the URL for the browser; it returns to `/auth/oauth/{provider}/callback` with the cookie that is set here, while the session is open. Users with a password send it; users without must have signed in within 10 minutes, and not have changed their sign-in since.',
    params: Fields({ provider: PathText(64) }),
    body: Fields({
      password: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      returnTo: Type.Optional(
        Type.String({
          maxLength: 2_000,
          description:
            'Final target of the browser: a path of this site, such as `/settings`. Default: /',
        }),
      ),
    }),
    example: { password: 'a long password', returnTo: '/settings' },
    data: Type.Object({ url: Type.String() }),
    sealed: true,
    problems: [403, 404, 409],
    handle: async (
      { params: { provider }, body: { password, returnTo = '/' }, caller, ip },
      ports,
    ) => {
      const { begin, providerOf } = externalSignIn(ports)
      const at = providerOf(provider)
      const { state } = await mustBeOwner(ports, caller, password, ip)
      const { id: userId, sessionId } = caller
      const link = { userId, sessionId, credentials: state.credentials }
      const { url, cookie } = await begin(at, { returnTo, link })
      return { data: { url }, cookies: [cookie] }
    },
  }),

  route({
    method: 'DELETE',
    url: '/auth/oauth/:provider',
    access: 'user',
    operationId: 'unlinkOAuth',
    summary: 'Unlink an identity; ends all other sessions',
    description:
      'The last identity of an account without a password cannot be removed: set a password first.',
    params: Fields({ provider: ProviderName }),
    data: SignIns,
    problems: [404, 409],
    handle: async ({ params: { provider }, caller, cookie, origin }, ports) => {
      const { executor, config } = ports

      const before = await accountOf(executor, caller.id)
      const data = { provider, keptSessionId: caller.sessionId }
      const command = { type: 'RemoveSignIn' as const, data }
      const answer = await executor.execute(account, caller.id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      const { state, position, revision } = answer
      if (state.status === 'new' || !before) throw notFound('account')
      const user = { userId: caller.id, era: before.state.era }
      const device = devicesOf(ports).renewed(cookie(deviceCookieName), user, state.era)
      const cookies = device ? [deviceCookie(device, config)] : []
      return { data: signInsOf(state), position, revision, cookies }
    },
  }),
]
