import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Unavailable } from '../../unavailable.ts'
import type { CloudinaryApi } from './cloudinary-api.ts'
import { mustBeKey, type Blobs, type ByteRange, type ListedBlob } from './port.ts'
import { remoteStage, type Receiving } from './staging.ts'
import { watchedStream } from './watched-stream.ts'

/** Age at which received bytes without a key are leftovers, in ms. */
const abandonedAfter = 24 * 60 * 60_000

const page = Compile(
  Type.Object({
    resources: Type.Array(
      Type.Object({
        public_id: Type.String(),
        bytes: Type.Integer(),
        created_at: Type.String(),
      }),
    ),
    next_cursor: Type.Optional(Type.String()),
  }),
)
const removal = Compile(Type.Object({ result: Type.String() }))

/** Parses an answer. @throws Unavailable when it has another form */
const parsed = async <T>(
  response: Response,
  schema: { readonly Check: (value: unknown) => value is T },
): Promise<T> => {
  const body: unknown = await response.json().catch(() => undefined)
  if (schema.Check(body)) return body
  throw new Unavailable('Cloudinary has sent an answer of another form')
}

/** Ends an answer whose body nobody reads. */
const discard = async (response: Response | undefined): Promise<void> => {
  await response?.body?.cancel()
}

/**
 * Blobs as files of Cloudinary of the type `raw`, which it stores as they are, for signed URLs alone: `<folder>/stored/<key>`.
 * Large ones are received as `<folder>/incoming/<id>`, in chunks, then renamed. Cloudinary stores no empty files.
 * @param options.folder default: `agora`
 */
export const cloudinaryBlobs = (
  { call, ask, fetchFile }: CloudinaryApi,
  { folder = 'agora' }: { readonly folder?: string } = {},
): Blobs => {
  const incoming = `${folder}/incoming/`
  const stored = `${folder}/stored/`
  const common = { type: 'authenticated' }
  const idOf = (key: string): string => {
    mustBeKey(key)
    return `${stored}${key}`
  }

  const removeFile = async (id: string): Promise<boolean> => {
    const answer = await call('destroy', { ...common, public_id: id, invalidate: 'true' })
    const { result } = await parsed(answer, removal)
    return result === 'ok'
  }
  const open = async (id: string, range?: ByteRange): Promise<Readable | undefined> => {
    const headers = range && { range: `bytes=${range.start}-${range.end - 1}` }
    const response = await fetchFile(id, { method: 'GET', ...(headers && { headers }) })
    if (!response) return undefined
    if (response.status === 416 || !response.body) {
      await discard(response)
      return Readable.from([])
    }
    if (range && response.status !== 206) {
      await discard(response)
      throw new Unavailable('Cloudinary has sent a whole file instead of a part')
    }
    return watchedStream(Readable.fromWeb(response.body))
  }
  const sizeOf: Blobs['sizeOf'] = async (key) => {
    const response = await fetchFile(idOf(key), { method: 'HEAD' })
    return response && Number(response.headers.get('content-length'))
  }
  const put = async (key: string, bytes: Buffer): Promise<void> => {
    const target = { ...common, public_id: idOf(key), overwrite: 'true', invalidate: 'true' }
    await discard(await call('upload', target, { part: bytes }))
  }

  const receive = async (): Promise<Receiving> => {
    const id = `${incoming}${randomUUID()}`
    const upload = randomUUID()
    let isNamed = false
    return {
      send: async (part, { start, isLast }) => {
        const end = start + part.length
        const headers = {
          'x-unique-upload-id': upload,
          'content-range': `bytes ${start}-${end - 1}/${isLast ? end : -1}`,
        }
        await discard(await call('upload', { ...common, public_id: id }, { part, headers }))
      },
      // The last part makes one of all. Cloudinary discards those of an upload that does not end.
      finish: async () => undefined,
      abort: async () => undefined,
      staged: (size) => ({
        read: async (start, length) => {
          const range = { start, end: Math.min(start + length, size) }
          if (range.start >= range.end) return Buffer.alloc(0)
          const stream = await open(id, range)
          if (!stream) throw new Unavailable('Received bytes are missing in Cloudinary')
          return Buffer.concat(await Array.fromAsync(stream))
        },
        commit: async (key) => {
          const names = { from_public_id: id, to_public_id: idOf(key) }
          const answer = await call('rename', {
            ...common,
            ...names,
            overwrite: 'true',
            invalidate: 'true',
          })
          await discard(answer)
          if (!answer.ok) throw new Unavailable('Received bytes are missing in Cloudinary')
          isNamed = true
        },
        // What cannot be removed now is a leftover.
        [Symbol.asyncDispose]: async () => {
          if (!isNamed) await removeFile(id).catch(() => undefined)
        },
      }),
    }
  }

  const listFiles = async function* (prefix: string): AsyncGenerator<ListedBlob> {
    let cursor: string | undefined
    do {
      const query = new URLSearchParams({
        prefix,
        max_results: '500',
        ...(cursor !== undefined && { next_cursor: cursor }),
      })
      const response = await ask(`/resources/raw/authenticated?${query.toString()}`)
      const now = Date.parse(response.headers.get('date') ?? '')
      const found = await parsed(response, page)
      for (const { public_id: id, bytes, created_at: at } of found.resources) {
        const storedAt = new Date(at)
        const listedAt = new Date(Math.max(now || 0, storedAt.getTime()))
        yield { key: id.slice(prefix.length), size: bytes, storedAt, listedAt }
      }
      cursor = found.next_cursor
    } while (cursor !== undefined)
  }

  return {
    driver: 'cloudinary',
    stage: remoteStage(put, receive),
    read: async (key, range) => {
      const id = idOf(key)
      if (range && range.start >= range.end)
        return (await sizeOf(key)) === undefined ? undefined : Readable.from([])
      return open(id, range)
    },
    sizeOf,
    remove: async (key) => removeFile(idOf(key)),
    list: () => listFiles(stored),
    removeLeftovers: async () => {
      for await (const { key, storedAt, listedAt } of listFiles(incoming))
        if (listedAt.getTime() - storedAt.getTime() > abandonedAfter)
          await removeFile(`${incoming}${key}`)
    },
  }
}
