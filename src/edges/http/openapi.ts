import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { tokenCookieName } from '../../platform/security/cookies.ts'
import { ProblemDetails } from './problem-details.ts'
import { titles } from '../../serving/problem.ts'

/** A part of the API, and what it is for. */
export type Tag = { readonly name: string; readonly description: string }

const introduction = `Commands answer with the \`position\` of what they did in the event log (\`meta.position\`); a query that is given it as
\`?minPosition=\` shows what they did. Successes are \`{success: true, data, meta}\`, everything else is a problem (RFC 9457)
with a stable \`code\`. A POST with an \`Idempotency-Key\` may be sent again without harm.`

const withExample = (schema: unknown, example: unknown): unknown =>
  example === undefined || typeof schema !== 'object' || schema === null
    ? schema
    : { ...schema, examples: [example] }

/** What an answer that is the same for everybody says beside its body. */
const sharedHeaders = {
  etag: { type: 'string', description: 'For `If-None-Match`: what it says, not when' },
  'cache-control': { type: 'string', description: 'It may be kept, and has to be asked for anew' },
  'x-cache': { type: 'string', enum: ['hit', 'miss'], description: 'Whether it was kept here' },
  age: { type: 'integer', description: 'How long it was, in seconds' },
}

const notModified = { description: 'What you have says the same', headers: sharedHeaders }

/** Everything that a page needs comes from the same server, and nothing may frame it. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

/** Describes the API (OpenAPI 3.1) out of the very schemas that check it. To be registered before the routes. */
export const openApi = async (app: FastifyInstance, tags: readonly Tag[]): Promise<void> => {
  app.addSchema(ProblemDetails)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Agora',
        version: '1.0.0',
        description: introduction,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [...tags],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          cookie: { type: 'apiKey', in: 'cookie', name: tokenCookieName },
        },
      },
    },
    refResolver: {
      buildLocalReference: ({ $id }, _baseUri, _fragment, index) =>
        typeof $id === 'string' ? $id : `schema-${index}`,
    },
    transform: ({ schema, url, route }) => {
      const documented = route.config?.documented
      if (!documented) return { schema: { ...schema, hide: true } satisfies FastifySchema, url }
      const problems = documented.problems.map((status) => [
        status,
        {
          description: titles[status],
          content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
        },
      ])
      const [status = '200'] = Object.keys(schema.response as object)
      const { success, shared = false } = documented
      const response = {
        [status]: shared ? { ...success, headers: sharedHeaders } : success,
        ...(shared && { 304: notModified }),
        ...Object.fromEntries(problems),
      }
      const body = withExample(schema.body, documented.example)
      return { schema: { ...schema, ...(body !== undefined && { body }), response }, url }
    },
  })
}

/** Serves the description, and a page to read and try it. To be registered after the routes. */
export const docsPages = async (app: FastifyInstance, prefix: string): Promise<void> => {
  let text: string | undefined
  const json = () => (text ??= JSON.stringify(app.swagger()))
  for (const url of ['/docs/openapi.json', `${prefix}/docs/openapi.json`])
    app.get(url, { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(json()),
    )
  for (const routePrefix of ['/docs', `${prefix}/docs`])
    await app.register(async (pages) => {
      await pages.register(helmet, {
        contentSecurityPolicy: false,
        // Every answer has it already, where there is HTTPS for sure.
        strictTransportSecurity: false,
      })
      await pages.register(swaggerUi, {
        routePrefix,
        staticCSP: contentSecurityPolicy,
        uiConfig: { docExpansion: 'none', persistAuthorization: true, tryItOutEnabled: true },
      })
    })
}
