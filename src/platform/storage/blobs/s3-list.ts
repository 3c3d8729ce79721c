import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { S3Connection } from '../../engines/s3/connection.ts'
import type { ListedBlob } from './port.ts'

/** The header `date` of an answer; the SDK does not pass it on. */
const dateOf = (response: unknown): string | undefined => {
  if (typeof response !== 'object' || response === null || !('headers' in response))
    return undefined
  const { headers } = response
  return typeof headers === 'object' &&
    headers !== null &&
    'date' in headers &&
    typeof headers.date === 'string'
    ? headers.date
    : undefined
}

/**
 * Lists the objects whose names begin with a prefix, in pages of a thousand.
 * @returns their names without the prefix
 */
export const listObjects = async function* (
  { run, bucket }: Pick<S3Connection, 'run' | 'bucket'>,
  prefix: string,
): AsyncGenerator<ListedBlob> {
  let next: string | undefined
  do {
    let date: string | undefined
    const page = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ContinuationToken: next,
    })
    page.middlewareStack.add(
      (handle) => async (asked) => {
        const answer = await handle(asked)
        date = dateOf(answer.response)
        return answer
      },
      { step: 'deserialize' },
    )
    const { Contents = [], NextContinuationToken } = await run((client) => client.send(page))
    const now = date === undefined ? Date.now() : Date.parse(date)
    for (const { Key = prefix, Size = 0, LastModified } of Contents) {
      if (Key === prefix || !LastModified) continue
      // The header counts whole seconds.
      const listedAt = new Date(Math.max(now, LastModified.getTime()))
      yield { key: Key.slice(prefix.length), size: Size, storedAt: LastModified, listedAt }
    }
    next = NextContinuationToken
  } while (next !== undefined)
}
