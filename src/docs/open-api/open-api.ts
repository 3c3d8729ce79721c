import { tokenCookieName } from '../../platform/security/cookies.ts'
import type { Module } from '../../serving/module.ts'
import { ProblemDetails } from '../../serving/problem-details.ts'
import { operationOf, type Operation } from './operation.ts'
import { schemaOf } from './schema.ts'

const introduction = `The answer to a command has the \`position\` of its events in the log (\`meta.position\`); a query with that
\`?minPosition=\` includes them. Successes are \`{success: true, data, meta}\`, everything else is a problem (RFC 9457)
with a stable \`code\`. A change with an \`Idempotency-Key\` has one effect, however often it is sent.`

/** An operation at its path. */
export type Placed = {
  readonly method: string
  /** `/api/v1/orders/{id}` */
  readonly path: string
  readonly operation: Operation
}

/** Operations of all routes of a module. */
const operationsIn = ({ name, routes }: Module, prefix: string): readonly Placed[] =>
  routes.map((route) => {
    const path = `${prefix}${route.url.replaceAll(/:(\w+)/g, '{$1}')}`
    return { method: route.method, path, operation: operationOf(route, name, path) }
  })

/** Operations by path, then by method. */
const pathsOf = (placed: readonly Placed[]): Readonly<Record<string, object>> =>
  Object.fromEntries(
    [...Map.groupBy(placed, ({ path }) => path)].map(([path, operations]) => [
      path,
      Object.fromEntries(
        operations.map(({ method, operation }) => [method.toLowerCase(), operation]),
      ),
    ]),
  )

/**
 * The OpenAPI document (version 3.1.0) of declared routes.
 * @param modules every module: a tag each
 * @param version of Agora
 * @param prefix before every path: `/api/v1`
 * @param further operations of routes that no module declares
 * @param isServed whether the routes of a module, by its name, are described. Default: all are
 */
export const openApi = ({
  modules,
  version,
  prefix,
  further = [],
  isServed = () => true,
}: {
  readonly modules: readonly Module[]
  readonly version: string
  readonly prefix: string
  readonly further?: readonly Placed[]
  readonly isServed?: (module: string) => boolean
}) => ({
  openapi: '3.1.0',
  info: {
    title: 'Agora',
    version,
    description: introduction,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      cookie: { type: 'apiKey', in: 'cookie', name: tokenCookieName },
    },
    schemas: { Problem: schemaOf(ProblemDetails) },
  },
  paths: pathsOf([
    ...modules
      .filter(({ name }) => isServed(name))
      .flatMap((module) => operationsIn(module, prefix)),
    ...further,
  ]),
  servers: [{ url: '/' }],
  tags: modules.map(({ name, about }) => ({ name, description: about })),
})
