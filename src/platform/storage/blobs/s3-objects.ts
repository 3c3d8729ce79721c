import { Readable } from 'node:stream'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { isBeyond, isMissing, type S3Connection } from '../../engines/s3/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import type { ByteRange } from './port.ts'
import { watchedStream } from './watched-stream.ts'

type Bucket = Pick<S3Connection, 'run' | 'bucket'>

/** Returns what a request finds; undefined when that is missing. */
export const ifThere = async <T>(found: Promise<T>): Promise<T | undefined> => {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Opens an object.
 * @param options.tag its entity tag; one with another is refused
 * @returns undefined when there is none
 */
export const openObject = async (
  { run, bucket }: Bucket,
  object: string,
  {
    range,
    tag,
  }: { readonly range?: ByteRange | undefined; readonly tag?: string | undefined } = {},
): Promise<Readable | undefined> => {
  const asked = new GetObjectCommand({
    Bucket: bucket,
    Key: object,
    ...(range && { Range: `bytes=${range.start}-${range.end - 1}` }),
    ...(tag !== undefined && { IfMatch: tag }),
  })
  try {
    const found = await ifThere(run((client) => client.send(asked)))
    if (!found) return undefined
    if (!(found.Body instanceof Readable)) throw new Unavailable('S3 has sent no bytes')
    return watchedStream(found.Body)
  } catch (error) {
    if (isBeyond(error)) return Readable.from([])
    throw error
  }
}

/** Reads a part of an object that is there. @param tag see `openObject` */
export const partOfObject = async (
  connection: Bucket,
  object: string,
  range: ByteRange,
  tag?: string,
): Promise<Buffer> => {
  if (range.start >= range.end) return Buffer.alloc(0)
  const stream = await openObject(connection, object, { range, tag })
  if (!stream) throw new Unavailable('Received bytes are missing in S3')
  return Buffer.concat(await Array.fromAsync(stream))
}
