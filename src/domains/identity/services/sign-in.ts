import { boundedCache } from '../../../platform/bounded-cache.ts'
import { Type } from 'typebox'
import { digest } from '#kernel'
import { UserId, Role } from '../../shared/index.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import { openSession, type Opened } from './sessions.ts'
import type { Person, SignedIn } from './accounts.ts'
import {
  deviceCookie,
  deviceCookieName,
  refreshCookie,
  tokenCookie,
} from '../../../serving/cookies.ts'
import { devicesOf } from './devices.ts'
import { asCalledNow } from '../../profiles/services/current-names.ts'
import type { Answer, Asked } from '../../../serving/route.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'

/** A user, as shown to themselves. */
export const User = Type.Object({
  userId: UserId,
  email: Type.String(),
  emailVerified: Type.Boolean({ description: 'Whether the address is verified' }),
  username: Type.String(),
  name: Type.Optional(Type.String()),
  roles: Type.Array(Role),
})

/** Properties of a sign-in request. */
export type Signing = Pick<
  Asked<unknown, unknown, unknown, 'public'>,
  'origin' | 'ip' | 'userAgent' | 'cookie'
>

/** Number of earlier sign-ins in the cache, by user, era, network and program. */
const remembered = 20_000

/** Returns answers with tokens, in the body and in cookies. */
export const signingIn = oncePerPorts(
  (given: Pick<Ports, 'executor' | 'keys' | 'tokens' | 'config' | 'clock'>) => {
    const { executor, keys, tokens, config, clock } = given
    const { idOf, cookieFor } = devicesOf(given)
    /** Repeated sign-ins of a program without cookies are not reported. */
    const seen = boundedCache<string, true>(remembered)

    /** Answer for an existing session. @param jti id of the access token */
    const withTokens = async (
      { position, era, ...signedIn }: SignedIn,
      { sessionId, refreshToken, expiresAt }: Opened,
      jti: string,
    ): Promise<Answer<Person>> => {
      const { isCalledSo, isNew: _, credentials: __, ...person } = signedIn
      const { userId: id, roles } = person
      const accessToken = tokens.issue({ id, roles, sessionId, era }, jti)
      return {
        data: isCalledSo ? person : await asCalledNow(executor, person),
        position,
        cookies: [
          tokenCookie(accessToken, config),
          refreshCookie(refreshToken, expiresAt, clock(), config),
        ],
        tokens: { accessToken, refreshToken },
      }
    }

    return {
      withTokens,
      /** Answer for an authenticated user: opens a session, and sets the device cookie. */
      signedIn: async (
        person: SignedIn,
        { origin, ip, userAgent, cookie }: Signing,
      ): Promise<Answer<Person>> => {
        const ports = { executor, keys, clock, ttl: config.sessionTtl }
        const known = idOf(cookie(deviceCookieName), person)
        const place = digest(JSON.stringify([person.userId, person.era, networkOf(ip), userAgent]))
        const newDevice = !person.isNew && known === undefined && !seen.has(place)
        const from = { ip, userAgent, newDevice }
        const opened = await openSession(ports, person, from, origin)
        seen.set(place, true)
        const answer = await withTokens(person, opened, origin.commandId)
        const device = deviceCookie(cookieFor(person, known), config)
        return { ...answer, cookies: [...(answer.cookies ?? []), device] }
      },
    }
  },
)
