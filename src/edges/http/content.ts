import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { byteRange } from './byte-range.ts'
import type { Content } from '../../serving/content.ts'
import { notFound, Problem } from '../../serving/problem.ts'

/** Scripts, plugins and forms of a file never run, even when a browser shows the file as a page. */
const sandbox = "default-src 'none'; sandbox; frame-ancestors 'none'"

/** The value of `Content-Disposition` (RFC 6266), with the name in ASCII and as it is. */
const dispositionOf = ({ kind, name }: Content['disposition']): string => {
  if (name === undefined) return kind
  const plain = name.replaceAll(/[^ -~]|["\\%/]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** Whether a list of entity tags contains one (RFC 9110 §8.8.3); weak ones count. */
const lists = (tags: string | undefined, tag: string): boolean =>
  tags !== undefined &&
  tags.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')))

/**
 * Sends bytes as an answer: all of them, the range that is asked for (206), or nothing where the client has them (304).
 * @throws Problem 404 when the bytes are gone, 416 when the range is beyond their end
 */
export const sendContent = async (
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  reply: FastifyReply,
  { type, size, tag, disposition, embeddable, open }: Content,
): Promise<FastifyReply> => {
  const etag = `"${tag}"`
  const common = {
    etag,
    'accept-ranges': 'bytes',
    // Stored, but asked for again each time: who may see it changes.
    'cache-control': 'private, no-cache',
    'content-security-policy': sandbox,
    'cross-origin-resource-policy': embeddable ? 'cross-origin' : 'same-origin',
  }
  if (lists(headers['if-none-match'], etag)) return reply.code(304).headers(common).send()
  const isWanted = headers['if-range'] === undefined || headers['if-range'] === etag
  const range = isWanted ? byteRange(headers.range, size) : 'whole'
  if (range === 'beyond') {
    reply.header('content-range', `bytes */${size}`)
    const errors = [{ field: 'Range', message: `must begin before byte ${size}` }]
    throw new Problem(416, 'no_such_range', `The file has ${size} bytes.`, errors)
  }
  const part = range === 'whole' ? undefined : range
  const body = method === 'HEAD' ? Readable.from([]) : await open(part)
  if (!body) throw notFound('media')
  const { start, end } = part ?? { start: 0, end: size }
  return reply
    .code(part ? 206 : 200)
    .headers({
      ...common,
      ...(part && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
      'content-type': type,
      'content-length': end - start,
      'content-disposition': dispositionOf(disposition),
    })
    .send(body)
}
