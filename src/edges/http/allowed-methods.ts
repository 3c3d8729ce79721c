import type { FastifyInstance } from 'fastify'

/** Methods of the paths that match a pattern. */
type Resource = { readonly pattern: RegExp; readonly methods: Set<string> }

/** Returns the expression of a part of a pattern. */
const expressionOf = (part: string): string =>
  part === '*' ? '.+' : part.startsWith(':') ? '[^/]+' : RegExp.escape(part)

/**
 * Returns the expression for the pattern of a route: `/orders/:id` matches `/orders/7`, `/assets/*` matches `/assets/a.js`, with a
 * trailing slash as well.
 */
const expressionFor = (url: string): RegExp => {
  const parts = url.split('/').map(expressionOf)
  return new RegExp(`^${parts.join('/')}/?$`)
}

/**
 * Collects the methods of every route that is registered from now on, for `Allow` (RFC 9110 §10.2.1).
 * @returns finds the methods of a path, sorted; none where no route matches it
 */
export const allowedMethods = (app: FastifyInstance): ((path: string) => readonly string[]) => {
  const resources = new Map<string, Resource>()
  app.addHook('onRoute', ({ url, method }) => {
    // Preflights are answered for every path.
    if (url === '*' || url === '/*') return
    const resource = resources.get(url) ?? { pattern: expressionFor(url), methods: new Set() }
    resources.set(url, resource)
    for (const one of [method].flat()) resource.methods.add(one)
  })
  return (path) => {
    const methods = new Set<string>()
    for (const resource of resources.values())
      if (resource.pattern.test(path)) for (const one of resource.methods) methods.add(one)
    return [...methods].toSorted()
  }
}
