import { Readable } from 'node:stream'
import { Unavailable } from '../../unavailable.ts'

/** Time in which a store has to send the next bytes of a blob that its reader awaits, in ms. */
const idleLimit = 20_000

/**
 * Returns the bytes of an answer of a store. A store that fails or stops sending ends them; a reader that takes its time does not.
 * @param options.idleMs time without bytes while the reader awaits some, in ms; default 20,000
 * @returns a stream that fails with Unavailable
 */
export const watchedStream = (
  body: Readable,
  { idleMs = idleLimit }: { readonly idleMs?: number } = {},
): Readable => {
  const watched = async function* (): AsyncGenerator<Buffer> {
    const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
    for (;;) {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(
        () => late.reject(new Error(`The store sent nothing for ${idleMs} ms`)),
        idleMs,
      )
      try {
        const next = await Promise.race([chunks.next(), late.promise])
        if (next.done) return
        yield next.value
      } catch (cause) {
        throw new Unavailable('The store of blobs has stopped in the middle of a blob', { cause })
      } finally {
        clearTimeout(timer)
      }
    }
  }
  const stream = Readable.from(watched(), { objectMode: false })
  body.on('error', () => undefined)
  return stream.once('close', () => body.destroy())
}
