import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3Connection } from '../../engines/s3/connection.ts'
import { mustBeKey, type Blobs } from './port.ts'
import { s3Direct } from './s3-direct.ts'
import { listObjects, unfinishedUploads } from './s3-list.ts'
import { ifThere, openObject, partOfObject, unlessMissing } from './s3-objects.ts'
import { remoteStage, type Receiving } from './staging.ts'

/** Age at which received bytes without a key are leftovers, in ms. */
const abandonedAfter = 24 * 60 * 60_000

/**
 * Blobs as objects of a bucket, `<prefix>stored/<key>`. Large ones are received as `<prefix>incoming/<id>`, by a multipart
 * upload, and copied within the bucket, which S3 does for up to 5 GiB.
 * @param options.prefix of all objects, for a bucket that tests share; default: none
 */
export const s3Blobs = (
  connection: S3Connection,
  { prefix = '' }: { readonly prefix?: string } = {},
): Blobs => {
  const { run, bucket, longer } = connection
  const incoming = `${prefix}incoming/`
  const stored = `${prefix}stored/`
  const target = (object: string) => ({ Bucket: bucket, Key: object })
  const objectOf = (key: string): string => {
    mustBeKey(key)
    return `${stored}${key}`
  }
  const removeObject = async (object: string): Promise<void> => {
    await run((client) => client.send(new DeleteObjectCommand(target(object))))
  }

  const put = async (key: string, bytes: Buffer): Promise<void> => {
    const command = new PutObjectCommand({ ...target(objectOf(key)), Body: bytes })
    await run((client) => client.send(command))
  }

  const receive = async (): Promise<Receiving> => {
    const object = `${incoming}${randomUUID()}`
    const create = new CreateMultipartUploadCommand(target(object))
    const { UploadId } = await run((client) => client.send(create))
    const upload = { ...target(object), UploadId }
    const parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = []
    return {
      send: async (Body, { index }) => {
        const part = new UploadPartCommand({ ...upload, PartNumber: index + 1, Body })
        const { ETag } = await unlessMissing(run((client) => client.send(part, longer.sending)))
        parts.push({ PartNumber: index + 1, ETag })
      },
      finish: async () => {
        const all = { ...upload, MultipartUpload: { Parts: parts } }
        const complete = new CompleteMultipartUploadCommand(all)
        await unlessMissing(run((client) => client.send(complete, longer.sending)))
      },
      abort: async () => {
        const abort = new AbortMultipartUploadCommand(upload)
        await run((client) => client.send(abort)).catch(() => undefined)
      },
      staged: (size) => ({
        read: (start, length) =>
          partOfObject(connection, object, { start, end: Math.min(start + length, size) }),
        commit: async (key) => {
          const copy = { ...target(objectOf(key)), CopySource: `${bucket}/${object}` }
          await unlessMissing(
            run((client) => client.send(new CopyObjectCommand(copy), longer.copying)),
          )
        },
        // What cannot be removed now is a leftover.
        [Symbol.asyncDispose]: () => removeObject(object).catch(() => undefined),
      }),
    }
  }

  const sizeOf: Blobs['sizeOf'] = async (key) => {
    const asked = new HeadObjectCommand(target(objectOf(key)))
    return (await ifThere(run((client) => client.send(asked))))?.ContentLength
  }

  return {
    driver: 's3',
    stage: remoteStage(put, receive),
    read: async (key, range) => {
      const object = objectOf(key)
      if (range && range.start >= range.end)
        return (await sizeOf(key)) === undefined ? undefined : Readable.from([])
      return openObject(connection, object, range)
    },
    sizeOf,
    remove: async (key) => {
      // A removal does not say whether there was anything.
      if ((await sizeOf(key)) === undefined) return false
      await removeObject(objectOf(key))
      return true
    },
    list: () => listObjects(connection, stored),
    removeLeftovers: async () => {
      for await (const { key, storedAt, listedAt } of listObjects(connection, incoming))
        if (listedAt.getTime() - storedAt.getTime() > abandonedAfter)
          await removeObject(`${incoming}${key}`)
      for (const { object, id, age } of await unfinishedUploads(connection, incoming)) {
        if (age < abandonedAfter) continue
        const abort = new AbortMultipartUploadCommand({ ...target(object), UploadId: id })
        await ifThere(run((client) => client.send(abort)))
      }
    },
    direct: s3Direct(connection, { prefix, incoming, objectOf }),
  }
}
