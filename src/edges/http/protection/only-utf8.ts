import type { FastifyInstance } from 'fastify'
import type { ArrivalStep } from '../arrival.ts'
import { Problem } from '../../../serving/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the body is kept as it was sent, for a signature over it. */
    signed?: boolean
  }
  interface FastifyRequest {
    /** The body as it was sent, of routes whose requests are signed. */
    rawBody: Buffer | undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes UTF-8. @returns undefined when the bytes are not UTF-8 */
const textOf = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const isReadable = (query: string): boolean => {
  try {
    decodeURIComponent(query)
    return true
  } catch {
    return false
  }
}

const malformed = (detail: string) => new Problem(400, 'malformed_request', detail)

const unsupported = (detail: string) => new Problem(415, 'unsupported_media_type', detail)

/** Whether a content type declares another charset than UTF-8, which JSON always has (RFC 8259 §8.1). */
const isForeign = (type = ''): boolean => {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type) ?? []
  return charset !== undefined && !/^utf-?8$/i.test(charset)
}

/**
 * Accepts JSON and percent-encoding in UTF-8 only: invalid bytes would be replaced, and the stored text would differ
 * from the sent one. Compressed bodies are rejected, as a small one could expand to a large one.
 * @returns the step that checks the query; bodies are checked by the parser that is set here
 */
export const onlyUtf8 = (app: FastifyInstance): ArrivalStep => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.decorateRequest('rawBody', undefined)
  // Forms and plain text, which pages of other sites can send, never reach a route.
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      const { 'content-type': type, 'content-encoding': packed = 'identity' } = request.headers
      if (packed.toLowerCase() !== 'identity')
        return done(unsupported('Send JSON uncompressed, without `Content-Encoding`.'))
      if (isForeign(type)) return done(unsupported('Send JSON in UTF-8.'))
      const text = textOf(body)
      if (text === undefined) return done(malformed('The body is not UTF-8.'))
      if (request.routeOptions.config.signed) request.rawBody = body
      void parse(request, text, (error, parsed) => {
        if (error && isJson(text))
          return done(malformed('No field may have the name __proto__ or constructor.'))
        done(error, parsed)
      })
    },
  )

  return ({ originalUrl }) => {
    const query = originalUrl.indexOf('?')
    return query < 0 || isReadable(originalUrl.slice(query))
      ? undefined
      : malformed('The query is not validly encoded UTF-8; look for a stray % sign.')
  }
}
