import { modules } from '../../../src/domains/index.ts'
import { operationModules } from '../../../src/operations/index.ts'
import type { AnyRoute } from '../../../src/serving/route.ts'

/** The routes of all modules. */
export const routes: readonly AnyRoute[] = [...modules, ...operationModules].flatMap(
  (one) => one.routes,
)

const byName = new Map(routes.map((route) => [`${route.method} ${route.url}`, route]))

/** Finds a route. @param name `GET /orders/:id` @throws Error when there is none */
export const routeOf = (name: string): AnyRoute => {
  const route = byName.get(name)
  if (!route) throw new Error(`There is no route ${name}`)
  return route
}
