import type { FastifyInstance } from 'fastify'
import { veiled } from '../../platform/event-log/veiled.ts'
import { answeredElsewhere, withoutReading } from '../elsewhere.ts'
import type { Serve } from '../routes-of.ts'
import { routesOf, type Place } from '../routes-of.ts'
import type { SharedAnswers } from '../kept/shared-answers.ts'
import { adminUsers } from '../../domains/identity/routes/admin-users.ts'
import { analyticsLog } from '../../domains/analytics/routes/events.ts'
import { analyticsReplays } from '../../domains/analytics/routes/replays.ts'
import { analyticsState } from '../../domains/analytics/routes/state.ts'
import { analytics } from '../../domains/analytics/routes/streams.ts'
import { modules } from '../../domains/index.ts'
import type { RouteContext } from './context.ts'
import { forgettingRoutes } from '../../domains/identity/routes/erasure.ts'
import { identityEmail } from '../../domains/identity/routes/email-addresses.ts'
import { identityPasswords } from '../../domains/identity/routes/passwords.ts'
import { identitySessions } from '../../domains/identity/routes/sessions.ts'
import { identity } from '../../domains/identity/routes/registration.ts'
import { jwksRoute } from '../../domains/identity/routes/jwks.ts'
import { keyRotation } from '../../domains/identity/routes/signing-keys.ts'
import { oauthRoutes } from '../../domains/identity/routes/external-sign-in.ts'
import { operating } from '../../operations/routes/platform.ts'
import { followers } from '../../domains/profiles/routes/follows.ts'
import { ownProfiles } from '../../domains/profiles/routes/own-profile.ts'
import { profiles } from '../../domains/profiles/routes/profiles.ts'
import { registryRoutes } from '../../operations/routes/discovery.ts'
import { metricsRoute, system } from '../../operations/routes/system.ts'

/** Routes that read the log for analysts, who find nobody in it by a guess. */
const forAnalysts =
  (table: (serve: Serve, context: RouteContext) => void) =>
  (serve: Serve, context: RouteContext): void =>
    table(serve, { ...context, log: veiled(context.log, context.catalogue) })

/** Routes that modules declare. */
const ofModules = (serve: Serve, context: RouteContext): void => {
  for (const { name: tag, routes } of modules)
    for (const route of routes)
      for (const url of [route.url, ...(route.aliases ?? [])])
        serve({ ...route, url, tag, alias: url !== route.url }, (asked) =>
          // Fastify has validated the request by the schemas of this route.
          route.handle(asked as never, context),
        )
}

/** Every table of routes below the prefix of the API. */
const tables = [
  identity,
  identitySessions,
  identityPasswords,
  identityEmail,
  adminUsers,
  forgettingRoutes,
  keyRotation,
  ownProfiles,
  profiles,
  followers,
  ofModules,
  forAnalysts(analytics),
  forAnalysts(analyticsLog),
  forAnalysts(analyticsState),
  forAnalysts(analyticsReplays),
  operating,
  registryRoutes,
]

/**
 * Every route there is. What operators and probes ask for is served at the root as well.
 * @param prefix before every path of the API
 * @param answers keeps those that are the same for everybody
 * @returns the names of all contexts that have routes, wherever they are served
 */
export const routes = (
  app: FastifyInstance,
  prefix: string,
  context: RouteContext,
  answers: SharedAnswers | undefined,
): ReadonlySet<string> => {
  const contexts = new Set<string>()
  const { isHere = () => true, passOn } = context.processes ?? {}
  const served = (where: FastifyInstance, placed: (name: string) => Place) =>
    routesOf(
      where,
      prefix,
      context.config,
      (name) => {
        contexts.add(name)
        return placed(name)
      },
      answers,
    )

  const serve = served(app, (name) => (isHere(name) ? 'here' : 'nowhere'))
  system(serve, context, false)
  system(routesOf(app, '', context.config), context, true)
  metricsRoute(app, context, `${prefix}/metrics`, false)
  metricsRoute(app, context, '/metrics', true)
  jwksRoute(app, prefix, context)
  if (isHere('identity')) oauthRoutes(app, prefix, context)
  for (const table of tables) table(serve, context)
  if (passOn)
    withoutReading(app, (unread) => {
      const elsewhere = answeredElsewhere(passOn)
      const pass = served(unread, (name) => (isHere(name) ? 'nowhere' : elsewhere(name)))
      for (const table of tables) table(pass, context)
      if (isHere('identity')) return
      withoutReading(unread, (identityUnread) => {
        identityUnread.addHook('preValidation', elsewhere('identity').answer)
        oauthRoutes(identityUnread, prefix, context)
      })
    })
  return contexts
}
