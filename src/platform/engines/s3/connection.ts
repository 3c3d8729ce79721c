import { HeadBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { OutOfSpace } from '../../storage/blobs/port.ts'
import { Unavailable } from '../../unavailable.ts'

/** Where a bucket is, and how it is opened. */
export type S3Settings = {
  readonly bucket: string
  readonly region: string
  /** URL of a server other than that of AWS, whose paths name the bucket. */
  readonly endpoint?: string
  /** URL of the same server for clients of Agora; default: `endpoint`. */
  readonly publicEndpoint?: string
  /** Default: those that the SDK finds (variables and roles of AWS). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A connection to a bucket. */
export type S3Connection = {
  readonly bucket: string
  /**
   * Runs requests.
   * @throws Unavailable when S3 fails, refuses, or does not answer in time; while it is away, one call a second tries. OutOfSpace
   *   when it is full. What is missing, and a condition that is not met, pass through: see `isMissing`, `isChanged`
   */
  readonly run: <T>(work: (client: S3Client) => Promise<T>) => Promise<T>
  /** Makes URLs for clients of Agora; sends nothing itself. */
  readonly forClients: S3Client
  readonly client: OutboundClient
  /** @throws Unavailable when the bucket cannot be used */
  readonly ping: () => Promise<void>
  /** Limits of requests that take longer than others: those with bytes, and those that have S3 copy some. */
  readonly longer: Readonly<Record<'sending' | 'copying', { readonly requestTimeout: number }>>
  readonly close: () => void
}

const policy = policies.s3

/** Time limit of a health check, in ms. */
const pingLimit = 2_000

/** Readers of large blobs hold a connection each for as long as their clients take. */
const maxSockets = 1_000

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined

/** Whether S3 has answered that there is no such object. */
export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && statusOf(error) === 404 && error.name !== 'NoSuchBucket'

/** Whether S3 has answered that an object is no longer the one that was meant. */
export const isChanged = (error: unknown): boolean => statusOf(error) === 412

/** Whether S3 has answered that a range begins after the end. */
export const isBeyond = (error: unknown): boolean => statusOf(error) === 416

/** Translates an error of a request; answers that are no failure stay. */
const s3Failure = (error: unknown): unknown => {
  if (isMissing(error) || isChanged(error) || isBeyond(error)) return error
  return statusOf(error) === 507
    ? new OutOfSpace('S3 is full', { cause: error })
    : new Unavailable('S3 cannot be reached or has failed', { cause: error })
}

/** Whether S3 serves others, although it has refused this. It serves nobody whom it does not let in. */
const isAnswer = (error: unknown): boolean => {
  const status = statusOf(error) ?? 500
  return status < 500 && status !== 401 && status !== 403 && status !== 404
}

/**
 * Connects to a bucket at the first request.
 * @param options.attempts at each request; default: 3
 * @param options.answerMs time for each attempt until S3 answers, in ms. Default: 4,000
 * @param options.onChange called when S3 stops answering, and when it answers again
 */
export const openS3 = (
  { bucket, region, endpoint, publicEndpoint = endpoint, credentials }: S3Settings,
  {
    attempts = policy.attempts,
    answerMs = policy.answerMs,
    onChange,
  }: {
    readonly attempts?: number
    readonly answerMs?: number
    readonly onChange?: (isUp: boolean, error?: unknown) => void
  } = {},
): S3Connection => {
  const clientAt = (url: string | undefined) =>
    new S3Client({
      region,
      maxAttempts: attempts,
      ...(credentials && { credentials }),
      ...(url !== undefined && { endpoint: url, forcePathStyle: true }),
      // Other servers than AWS's refuse checksums after the bytes.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: policy.connectMs,
        requestTimeout: answerMs,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets },
        httpsAgent: { keepAlive: true, maxSockets },
      },
    })
  const client = clientAt(endpoint)
  const forClients = publicEndpoint === endpoint ? client : clientAt(publicEndpoint)
  const availability = createAvailability('S3', { policy, onChange })

  const run: S3Connection['run'] = (work) =>
    availability.attempt(async () => {
      try {
        return await work(client)
      } catch (error) {
        throw s3Failure(error)
      }
    }, isAnswer)

  return {
    bucket,
    run,
    forClients,
    client: { name: 's3', policy, status: availability.status },
    ping: async () => {
      try {
        await run((to) =>
          to.send(new HeadBucketCommand({ Bucket: bucket }), { requestTimeout: pingLimit }),
        )
      } catch (error) {
        throw isMissing(error)
          ? new Unavailable('There is no such bucket in S3', { cause: error })
          : error
      }
    },
    longer: {
      sending: { requestTimeout: 5 * answerMs },
      copying: { requestTimeout: 30 * answerMs },
    },
    close: () => {
      client.destroy()
      if (forClients !== client) forClients.destroy()
    },
  }
}
