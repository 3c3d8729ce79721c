import type { FastifyInstance } from 'fastify'
import type { Module } from '../../../serving/module.ts'
import type { Ports } from '../../../serving/ports.ts'
import { proxyRoutes, withoutReading } from '../proxy-routes.ts'
import type { SharedAnswers } from '../response-cache/shared-answers.ts'
import { registerRoutes, type Place, type Serve } from '../register-routes.ts'
import type { RouteContext } from './context.ts'
import { metricsRoute } from './metrics.ts'

/** Serves the routes of a module under their paths and aliases. @param atRoot only those that are served at the root */
const serveModule = (
  serve: Serve,
  { name: tag, routes }: Module,
  ports: Ports,
  atRoot = false,
): void => {
  for (const route of routes) {
    if (atRoot && !route.atRoot) continue
    const { verify } = route
    for (const url of [route.url, ...(route.aliases ?? [])])
      serve(
        { ...route, url, tag },
        (asked) => route.handle(asked, ports),
        verify && ((asked) => verify(asked, ports)),
      )
  }
}

/**
 * Registers all routes. Those for operators and probes are served at the root as well.
 * @param prefix prefix of every path of the API
 * @param answers response cache for answers that are the same for all callers
 * @returns the names of all modules with routes, also of those served by other processes
 */
export const routes = (
  app: FastifyInstance,
  prefix: string,
  context: RouteContext,
  answers: SharedAnswers | undefined,
): ReadonlySet<string> => {
  const { modules } = context
  const { isHere, passOn } = context.processes
  const served = (where: FastifyInstance, placed: (name: string) => Place) =>
    registerRoutes(where, prefix, context.config, placed, answers)

  const serve = served(app, (name) => (isHere(name) ? 'here' : 'nowhere'))
  const atRoot = registerRoutes(app, '', context.config)
  for (const module of modules) {
    serveModule(serve, module, context)
    serveModule(atRoot, module, context, true)
  }
  metricsRoute(app, context, `${prefix}/metrics`)
  metricsRoute(app, context, '/metrics')
  if (passOn)
    withoutReading(app, (unread) => {
      const elsewhere = proxyRoutes(passOn)
      const pass = served(unread, (name) => (isHere(name) ? 'nowhere' : elsewhere(name)))
      for (const module of modules) serveModule(pass, module, context)
    })
  return new Set(modules.flatMap(({ name, routes: own }) => (own.length > 0 ? [name] : [])))
}
