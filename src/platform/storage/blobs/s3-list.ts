import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { S3Connection } from '../../engines/s3/connection.ts'
import type { ListedBlob } from './port.ts'

/** The header `date` of an answer, in ms since 1970; the SDK does not pass it on. @returns 0 when there is none */
const dateOf = (response: unknown): number => {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return 0
  const { headers } = response
  return typeof headers === 'object' &&
    headers !== null &&
    'date' in headers &&
    typeof headers.date === 'string'
    ? Date.parse(headers.date)
    : 0
}

type Bucket = Pick<S3Connection, 'run' | 'bucket'>

/**
 * Lists the objects whose names begin with a prefix, in pages of a thousand.
 * @returns their names without the prefix
 */
export const listObjects = async function* (
  { run, bucket }: Bucket,
  prefix: string,
): AsyncGenerator<ListedBlob> {
  let next: string | undefined
  do {
    let now = 0
    const page = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ContinuationToken: next,
    })
    page.middlewareStack.add(
      (handle) => async (asked) => {
        const answer = await handle(asked)
        now = dateOf(answer.response)
        return answer
      },
      { step: 'deserialize' },
    )
    const { Contents = [], NextContinuationToken } = await run((client) => client.send(page))
    for (const { Key = prefix, Size = 0, LastModified } of Contents) {
      if (Key === prefix || !LastModified) continue
      // The header counts whole seconds.
      const listedAt = new Date(Math.max(now, LastModified.getTime()))
      yield { key: Key.slice(prefix.length), size: Size, storedAt: LastModified, listedAt }
    }
    next = NextContinuationToken
  } while (next !== undefined)
}

/** A multipart upload that has not ended. */
export type UnfinishedUpload = {
  readonly object: string
  readonly id: string
  /** By the clock of S3, in ms. */
  readonly age: number
}

/** Lists up to a thousand multipart uploads of objects whose names begin with a prefix. */
export const unfinishedUploads = async (
  { run, bucket }: Bucket,
  prefix: string,
): Promise<readonly UnfinishedUpload[]> => {
  let now = 0
  const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix })
  list.middlewareStack.add(
    (handle) => async (asked) => {
      const answer = await handle(asked)
      now = dateOf(answer.response)
      return answer
    },
    { step: 'deserialize' },
  )
  const { Uploads = [] } = await run((client) => client.send(list))
  return Uploads.flatMap(({ Key: object, UploadId: id, Initiated }) =>
    object === undefined || id === undefined || !Initiated
      ? []
      : [{ object, id, age: now - Initiated.getTime() }],
  )
}
