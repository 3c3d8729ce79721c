import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest, preValidationHookHandler } from 'fastify'
import { invalid, Problem } from '../../serving/problem.ts'
import type { IncomingFile, Upload } from '../../serving/upload.ts'

const type = 'multipart/form-data'

const unsupported = (detail: string) => new Problem(415, 'unsupported_media_type', detail)

const cutOff = () =>
  new Problem(400, 'malformed_request', 'The form ends too early, or is no valid form.')

/** Leaves the bodies of forms with files unread, for routes that declare `upload`, and drops those of clicks; other routes refuse forms. */
export const streamedForms = (app: FastifyInstance): void => {
  app.addContentTypeParser(type, (request, payload, done) =>
    request.routeOptions.config.upload ? done(null) : ignored(request, payload, done),
  )
  app.addContentTypeParser('application/x-www-form-urlencoded', ignored)
}

/** Drops the form of a click in a mail program, where the route takes one. */
const ignored = (
  { routeOptions, raw }: FastifyRequest,
  _payload: unknown,
  done: (error: Error | null) => void,
): void => {
  if (!routeOptions.config.oneClick)
    return done(unsupported('Send JSON with `Content-Type: application/json`.'))
  dropRest(raw)
  done(null)
}

/** Refuses requests that are no forms with files. */
export const mustHaveFiles: preValidationHookHandler = ({ headers }, _reply, done) => {
  const { 'content-type': sent = '', 'content-encoding': packed = 'identity' } = headers
  if (!new RegExp(`^${type}\\s*(;|$)`, 'i').test(sent))
    return done(unsupported(`Send the files as \`Content-Type: ${type}\`.`))
  if (packed.toLowerCase() !== 'identity')
    return done(unsupported('Send the files without `Content-Encoding`.'))
  return done()
}

/** Most bytes of a refused request that are read and dropped, so that its client reads the answer. */
const maxDropped = 64 * 1024 * 1024

/** Reads and drops what is left of a request; a request that is too long loses its connection. */
const dropRest = (raw: FastifyRequest['raw']): void => {
  let dropped = 0
  raw.on('data', ({ length }: Buffer) => {
    dropped += length
    if (dropped > maxDropped) raw.destroy()
  })
  // The answer is sent already.
  raw.on('error', () => undefined)
  // A listener alone does not restart a stream that was piped.
  raw.resume()
}

/** Hands the parts of a form to one reader, in their order. */
class Parts {
  readonly #found: IncomingPart[] = []
  #failure: Error | undefined
  #isOver = false
  #wake: (() => void) | undefined
  #current: Readable | undefined

  add(part: IncomingPart): void {
    this.#found.push(part)
    this.#wake?.()
  }
  end(): void {
    this.#isOver = true
    this.#wake?.()
  }
  /** Ends the reading of the present file, and of all that follow. */
  fail(error: Error): void {
    if (this.#failure || this.#isOver) return
    this.#failure = error
    this.#current?.destroy(error)
    for (const { stream } of this.#found) stream.destroy()
    this.#wake?.()
  }
  /** @returns undefined at the end of the form */
  async next(): Promise<IncomingPart | undefined> {
    this.#current?.resume()
    for (;;) {
      if (this.#failure) throw this.#failure
      const part = this.#found.shift()
      if (part || this.#isOver) {
        this.#current = part?.stream
        return part
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

type IncomingPart = { readonly name: string | undefined; readonly stream: Readable }

/** Limits of a form beside its files. */
const limits = {
  fieldNameSize: 100,
  fieldSize: 1_024,
  fields: 1,
  headerPairs: 20,
  headerSize: 8_192,
} as const

const openParser = async (headers: FastifyRequest['headers'], maxFiles: number) => {
  const { Busboy } = await import('@fastify/busboy')
  const { 'content-type': contentType = '' } = headers
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': contentType },
      limits: { ...limits, files: maxFiles + 1 },
    })
  } catch (error) {
    throw new Problem(
      400,
      'malformed_request',
      'The form cannot be read; its Content-Type needs a boundary.',
      undefined,
      { cause: error },
    )
  }
}

/** Passes the parts of a request's form on as they arrive. @returns the function that ends the reading */
const receive = (
  { raw }: Pick<FastifyRequest, 'raw'>,
  parser: Awaited<ReturnType<typeof openParser>>,
  { field, maxFiles }: Upload,
  parts: Parts,
): (() => void) => {
  let count = 0
  parser.on('file', (name, stream, fileName: string | undefined) => {
    // Listened to by the reader of the file, who may come later.
    stream.on('error', () => undefined)
    count += 1
    if (name !== field) {
      stream.resume()
      parts.fail(invalid(String(name).slice(0, 200), `is not known here; send files as ${field}`))
    } else if (count > maxFiles) {
      stream.resume()
      parts.fail(invalid(field, `must occur at most ${maxFiles} times`))
    } else parts.add({ name: fileName, stream })
  })
  parser.on('field', (name) =>
    parts.fail(
      name === field
        ? invalid(field, 'must be a file, with a file name')
        : invalid(String(name).slice(0, 200), 'is not known here; leave it out'),
    ),
  )
  parser.on('finish', () =>
    count === 0 ? parts.fail(invalid(field, 'must be a file; there is none')) : parts.end(),
  )
  parser.on('error', () => parts.fail(cutOff()))
  // A request that has arrived is closed as well.
  const cut = () => {
    if (!raw.readableEnded) parts.fail(cutOff())
  }
  raw.on('error', cut)
  raw.on('close', cut)
  raw.pipe(parser)
  return () => {
    raw.unpipe(parser)
    raw.off('close', cut)
    parts.fail(new Error('The reader of the form has stopped'))
    if (!raw.readableEnded) dropRest(raw)
    parser.destroy()
  }
}

/** The bytes of a file. @throws Problem 400 when the form ends within it */
const bytesOf = async function* (stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  try {
    // Streams of the parser have no encoding.
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw error instanceof Problem ? error : cutOff()
  }
}

/**
 * Reads the files of a request, one after the other, with back pressure: no file is in memory as a whole.
 * @throws Problem 400 when the form is malformed, cut off, or has other fields, too many files or none
 */
export const filesOf = async function* (
  request: FastifyRequest,
): AsyncGenerator<IncomingFile, void, undefined> {
  const { upload } = request.routeOptions.config
  if (!upload) return
  const parser = await openParser(request.headers, upload.maxFiles)
  const parts = new Parts()
  const stop = receive(request, parser, upload, parts)
  try {
    for (let part = await parts.next(); part; part = await parts.next())
      yield { name: part.name, bytes: bytesOf(part.stream) }
  } finally {
    stop()
  }
}
