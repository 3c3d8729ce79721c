import helmet from '@fastify/helmet'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstUse } from '#kernel'

/** The documentation page loads nothing from other hosts, and no other page may frame it. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'pages', name), 'utf8')

/** Agora's look instead of Swagger's, and what the page can do beside it. */
const theme = {
  title: 'Agora – HTTP API',
  css: [{ filename: 'agora.css', content: read('docs.css') }],
  js: [{ filename: 'agora.js', content: read('docs.js') }],
}

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
 * Serves documents of the API, and a page to read and try OpenAPI.
 * @param prefix before every path of the API
 * @param documents by file name; each is called once, when it is first requested
 */
export const docsPages = async (
  app: FastifyInstance,
  prefix: string,
  documents: Readonly<Record<string, () => object>> & { readonly 'openapi.json': () => object },
): Promise<void> => {
  for (const [file, document] of Object.entries(documents)) {
    const made = firstUse(() => ({ text: JSON.stringify(document()) }))
    for (const url of [`/docs/${file}`, `${prefix}/docs/${file}`])
      app.get(url, { config: { access: 'public' } }, (_request, reply) =>
        reply.type('application/json; charset=utf-8').send(made().text),
      )
  }
  // A copy in which no object occurs twice: YAML would have anchors for those.
  const copy = firstUse(() => {
    const parsed: object = JSON.parse(JSON.stringify(documents['openapi.json']()))
    return parsed
  })
  await app.register(documentPlugin(copy))
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
        uiConfig: {
          docExpansion: 'none',
          persistAuthorization: true,
          tryItOutEnabled: true,
          filter: true,
        },
        theme,
        // Has the plugin make YAML of the document by itself.
        transformSpecification: (specification) => specification,
        transformSpecificationClone: false,
      })
    })
}
