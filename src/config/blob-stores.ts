import type { Static } from 'typebox'
import type { Environment } from './environment.ts'

/** One store of the bytes of files, and how it is reached. */
export type BlobStore =
  | { readonly driver: 'disk' }
  | {
      readonly driver: 's3'
      readonly bucket: string
      readonly region: string
      readonly endpoint?: string
      readonly publicEndpoint?: string
      readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
    }
  | {
      readonly driver: 'cloudinary'
      readonly cloud: string
      readonly apiKey: string
      readonly apiSecret: string
      /** Base URL of its API. */
      readonly api: string
      /** Base URL of its files. */
      readonly delivery: string
    }

/** The store of the bytes of files, and the previous one. */
export type BlobStores = {
  readonly current: BlobStore
  /** The previous store, whose files move to the present one; `none` goes without them. */
  readonly before?: BlobStore | 'none'
}

/** Largest object that S3 copies at once, in bytes: large files are received under another name first. */
const largestCopy = 5 * 1_024 ** 3

const isUrl = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text)

const withoutSlash = (url: string): string => url.replace(/\/$/, '')

type Read = Static<typeof Environment>

const s3Of = (read: Read): BlobStore | string => {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_PUBLIC_ENDPOINT: publicEndpoint } = read
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = read
  if (bucket === undefined) return 'S3_BUCKET must be set for the store s3'
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    return 'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together'
  return {
    driver: 's3',
    bucket,
    region: read.S3_REGION ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint: withoutSlash(endpoint) }),
    ...(publicEndpoint !== undefined && { publicEndpoint: withoutSlash(publicEndpoint) }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  }
}

const cloudinaryOf = ({ CLOUDINARY_URL: text }: Read): BlobStore | string => {
  if (text === undefined) return 'CLOUDINARY_URL must be set for the store cloudinary'
  const [, apiKey = '', apiSecret = '', cloud = '', query] =
    /^cloudinary:\/\/([^:]+):([^@]+)@([^?]+)(?:\?(.*))?$/.exec(text) ?? []
  const given = new URLSearchParams(query)
  const api = given.get('upload_prefix') ?? 'https://api.cloudinary.com'
  const delivery = given.get('delivery_prefix') ?? 'https://res.cloudinary.com'
  return isUrl(api) && isUrl(delivery)
    ? { driver: 'cloudinary', cloud, apiKey, apiSecret, api, delivery }
    : 'CLOUDINARY_URL has parameters that are no URLs'
}

const storeOf = (driver: BlobStore['driver'], read: Read): BlobStore | string => {
  if (driver === 's3') return s3Of(read)
  return driver === 'cloudinary' ? cloudinaryOf(read) : { driver }
}

/**
 * Returns the stores of the bytes of files.
 * @param largest maximum size of a file, in bytes
 * @returns what is invalid, without a secret in it, where something is
 */
export const blobStoresOf = (read: Read, largest: number): BlobStores | string => {
  const { MEDIA_STORE: chosen, MEDIA_STORE_BEFORE: driverBefore } = read
  const configured: readonly BlobStore['driver'][] = [
    ...(read.S3_BUCKET === undefined ? [] : (['s3'] as const)),
    ...(read.CLOUDINARY_URL === undefined ? [] : (['cloudinary'] as const)),
  ].filter((one) => one !== driverBefore)
  if (chosen === undefined && configured.length > 1)
    return 'MEDIA_STORE must name one of the stores s3 and cloudinary, which are both configured'
  const driver = chosen ?? configured[0] ?? 'disk'
  if (driver === driverBefore)
    return 'MEDIA_STORE_BEFORE must be another store than the present one'
  const current = storeOf(driver, read)
  if (typeof current === 'string') return current
  if (driver === 's3' && largest > largestCopy)
    return 'MEDIA_MAX_VIDEO and other limits of files must be at most 5g with the store s3'
  if (driverBefore === undefined || driverBefore === 'none')
    return { current, ...(driverBefore && { before: driverBefore }) }
  const before = storeOf(driverBefore, read)
  return typeof before === 'string' ? before : { current, before }
}
