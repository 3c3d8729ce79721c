import { createHash } from 'node:crypto'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isChanged, type S3Connection } from '../../engines/s3/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { ChangedMeanwhile, mustBeKey, type ArrivedBlob, type DirectUploads } from './port.ts'
import { listObjects } from './s3-list.ts'
import { ifThere, openObject, partOfObject } from './s3-objects.ts'

/** Names the error of bytes that are no longer those that were checked. */
const unlessChanged = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (isChanged(error))
      throw new ChangedMeanwhile('Other bytes have arrived meanwhile', { cause: error })
    throw error
  }
}

/**
 * Uploads by presigned PUT requests into `<prefix>direct/<id>`. Size and type are signed: S3 refuses others.
 * @param options.objectOf returns the name of the object of a key
 */
export const s3Direct = (
  connection: S3Connection,
  { prefix, objectOf }: { readonly prefix: string; readonly objectOf: (key: string) => string },
): DirectUploads => {
  const { run, bucket, forClients, longer } = connection
  const direct = `${prefix}direct/`
  const target = (id: string) => {
    mustBeKey(id)
    return { Bucket: bucket, Key: `${direct}${id}` }
  }
  const remove: DirectUploads['remove'] = async (id) => {
    const command = new DeleteObjectCommand(target(id))
    await run((client) => client.send(command))
  }

  /** @param tag entity tag of the bytes: all requests are about these */
  const arrivedAs = (id: string, size: number, tag: string): ArrivedBlob => {
    const { Key } = target(id)
    return {
      size,
      open: async () => {
        const stream = await unlessChanged(openObject(connection, Key, { tag }))
        if (!stream) throw new Unavailable('Bytes that had arrived are gone')
        return stream
      },
      stage: async (source) => {
        const hash = createHash('sha256')
        for await (const chunk of source) hash.update(chunk)
        return {
          size,
          sha256: hash.digest('hex'),
          read: (start, length) => {
            const range = { start, end: Math.min(start + length, size) }
            return unlessChanged(partOfObject(connection, Key, range, tag))
          },
          commit: async (key) => {
            const copy = new CopyObjectCommand({
              Bucket: bucket,
              Key: objectOf(key),
              CopySource: `${bucket}/${Key}`,
              CopySourceIfMatch: tag,
            })
            await unlessChanged(run((client) => client.send(copy, longer.copying)))
          },
          // A repetition finds the bytes again; they are removed once their upload is complete or given up.
          [Symbol.asyncDispose]: async () => undefined,
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
    remove,
    list: () => listObjects(connection, direct),
  }
}
