import helmet from '@fastify/helmet'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { firstUse } from '#kernel'

/** The documentation page loads nothing from other hosts, and no other page may frame it. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

/**
 * Plugin that decorates a server with `swagger()`, the document for `@fastify/swagger-ui`, which requires a plugin of this
 * name. `@fastify/swagger` itself would collect the routes of a server once more.
 */
const documentPlugin = (document: () => object) =>
  Object.assign(async (app: FastifyInstance) => void app.decorate('swagger', document), {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('plugin-meta')]: { name: '@fastify/swagger' },
  })

/**
 * Serves the OpenAPI document, and a page to read and try it.
 * @param prefix before every path of the API
 * @param document called once, when the document is first requested
 */
export const docsPages = async (
  app: FastifyInstance,
  prefix: string,
  document: () => object,
): Promise<void> => {
  const made = firstUse(() => {
    const text = JSON.stringify(document())
    // Parsed, so that no object occurs twice in it: YAML would have anchors for those.
    const parsed: object = JSON.parse(text)
    return { text, parsed }
  })
  for (const url of ['/docs/openapi.json', `${prefix}/docs/openapi.json`])
    app.get(url, { config: { access: 'public' } }, (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(made().text),
    )
  await app.register(documentPlugin(() => made().parsed))
  for (const routePrefix of ['/docs', `${prefix}/docs`])
    await app.register(async (pages) => {
      await pages.register(helmet, {
        contentSecurityPolicy: false,
        // All responses have the header where HTTPS is configured.
        strictTransportSecurity: false,
      })
      await pages.register(swaggerUi, {
        routePrefix,
        staticCSP: contentSecurityPolicy,
        uiConfig: { docExpansion: 'none', persistAuthorization: true, tryItOutEnabled: true },
        // Has the plugin make YAML of the document by itself.
        transformSpecification: (specification) => specification,
        transformSpecificationClone: false,
      })
    })
}
