import { randomUUID } from 'node:crypto'
import { openS3, type S3Settings } from '../../src/platform/engines/s3/connection.ts'
import { s3Blobs } from '../../src/platform/storage/blobs/s3.ts'
import { s3Bucket, s3Credentials } from '../services/s3.ts'

/** The server that TEST_S3_URL names. Empty where there is none. */
const s3Url = process.env.TEST_S3_URL ?? ''

/** Whether there is one; without it, tests that need it are reported as skipped. */
export const hasS3 = s3Url !== ''

/** Added to the name of what is skipped without it. */
export const needsS3 = hasS3 ? '' : ' (skipped: TEST_S3_URL names no server)'

/** How the bucket of the tests is opened. @param endpoint default: the server that TEST_S3_URL names */
export const s3Settings = (endpoint = s3Url): S3Settings => ({
  endpoint,
  bucket: s3Bucket,
  region: 'us-east-1',
  credentials: s3Credentials,
})

/** A store of its own for a test, in a shared bucket. Disposing of it removes what it has. */
export const freshS3 = (options: Parameters<typeof openS3>[1] = {}) => {
  const connection = openS3(s3Settings(), options)
  const prefix = `${randomUUID()}/`
  const blobs = s3Blobs(connection, { prefix })
  return {
    blobs,
    connection,
    prefix,
    [Symbol.asyncDispose]: async () => {
      for await (const { key } of blobs.list()) await blobs.remove(key)
      for await (const { key } of blobs.direct?.list() ?? []) await blobs.direct?.remove(key)
      connection.close()
    },
  }
}
