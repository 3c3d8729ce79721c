import { createHash, randomUUID } from 'node:crypto'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isChanged, isMissing, type S3Connection } from '../../engines/s3/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { ChangedMeanwhile, mustBeKey, type ArrivedBlob, type DirectUploads } from './port.ts'
import { listObjects } from './s3-list.ts'
import { ifThere, openObject, partOfObject, unlessMissing } from './s3-objects.ts'

/** Names the error of bytes that are no longer those that had arrived. */
const unlessChanged = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (isChanged(error) || isMissing(error))
      throw new ChangedMeanwhile('Other bytes have arrived meanwhile', { cause: error })
    throw error
  }
}

/**
 * Uploads by presigned PUT requests into `<prefix>direct/<id>`. Size and type are signed: S3 refuses others. Bytes are copied to
 * another name before they are read, as clients can replace them while the URL works, even by others of the same entity tag
 * (MD5).
 * @param options.incoming beginning of the names of the copies
 * @param options.objectOf returns the name of the object of a key
 */
export const s3Direct = (
  connection: S3Connection,
  {
    prefix,
    incoming,
    objectOf,
  }: {
    readonly prefix: string
    readonly incoming: string
    readonly objectOf: (key: string) => string
  },
): DirectUploads => {
  const { run, bucket, forClients, longer } = connection
  const direct = `${prefix}direct/`
  const target = (id: string) => {
    mustBeKey(id)
    return { Bucket: bucket, Key: `${direct}${id}` }
  }
  const removeObject = async (Key: string): Promise<void> => {
    await run((client) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key })))
  }

  /** @param tag entity tag of the bytes that were found */
  const arrivedAs = (id: string, size: number, tag: string): ArrivedBlob => {
    const frozen = `${incoming}${randomUUID()}`
    // What cannot be removed now is a leftover.
    const discard = () => removeObject(frozen).catch(() => undefined)
    return {
      size,
      open: async () => {
        const copy = new CopyObjectCommand({
          Bucket: bucket,
          Key: frozen,
          CopySource: `${bucket}/${target(id).Key}`,
          CopySourceIfMatch: tag,
        })
        await unlessChanged(run((client) => client.send(copy, longer.copying)))
        const stream = await openObject(connection, frozen)
        if (!stream) throw new Unavailable('Bytes that had arrived are gone')
        return stream
      },
      stage: async (source) => {
        const hash = createHash('sha256')
        try {
          for await (const chunk of source) hash.update(chunk)
        } catch (error) {
          await discard()
          throw error
        }
        return {
          size,
          sha256: hash.digest('hex'),
          read: (start, length) =>
            partOfObject(connection, frozen, { start, end: Math.min(start + length, size) }),
          commit: async (key) => {
            const copy = new CopyObjectCommand({
              Bucket: bucket,
              Key: objectOf(key),
              CopySource: `${bucket}/${frozen}`,
            })
            await unlessMissing(run((client) => client.send(copy, longer.copying)))
          },
          [Symbol.asyncDispose]: discard,
        }
      },
    }
  }

  return {
    offer: async ({ id, size, type, lifetime }) => {
      const put = new PutObjectCommand({ ...target(id), ContentLength: size, ContentType: type })
      const url = await getSignedUrl(forClients, put, {
        expiresIn: Math.floor(lifetime / 1_000),
        signableHeaders: new Set(['content-type', 'content-length', 'host']),
      })
      return { method: 'PUT', url, headers: { 'content-type': type } }
    },
    arrived: async (id) => {
      const asked = new HeadObjectCommand(target(id))
      const found = await ifThere(run((client) => client.send(asked)))
      return found?.ETag === undefined
        ? undefined
        : arrivedAs(id, found.ContentLength ?? 0, found.ETag)
    },
    remove: (id) => removeObject(target(id).Key),
    list: () => listObjects(connection, direct),
  }
}
