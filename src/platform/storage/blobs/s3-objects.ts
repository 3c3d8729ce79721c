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

/** Returns the answer to a request about received bytes. @throws Unavailable when these are missing */
export const unlessMissing = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer
  } catch (cause) {
    if (isMissing(cause)) throw new Unavailable('Received bytes are missing in S3', { cause })
    throw cause
  }
}

/** Opens an object, or a part of it. @returns undefined when there is none */
export const openObject = async (
  { run, bucket }: Bucket,
  object: string,
  range?: ByteRange,
): Promise<Readable | undefined> => {
  const asked = new GetObjectCommand({
    Bucket: bucket,
    Key: object,
    ...(range && { Range: `bytes=${range.start}-${range.end - 1}` }),
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

/** Reads a part of an object that is there. */
export const partOfObject = async (
  connection: Bucket,
  object: string,
  range: ByteRange,
): Promise<Buffer> => {
  if (range.start >= range.end) return Buffer.alloc(0)
  const stream = await openObject(connection, object, range)
  if (!stream) throw new Unavailable('Received bytes are missing in S3')
  return Buffer.concat(await Array.fromAsync(stream))
}
