import { describe, expect, test } from 'vitest'
import { readConfig } from '../config.ts'

const s3 = { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'key', S3_SECRET_ACCESS_KEY: 'hidden' }
const cloudinary = { CLOUDINARY_URL: 'cloudinary://key:hidden@demo' }
const disk = { driver: 'disk' }
const inS3 = {
  driver: 's3',
  bucket: 'files',
  region: 'us-east-1',
  credentials: { accessKeyId: 'key', secretAccessKey: 'hidden' },
}
const inCloudinary = {
  driver: 'cloudinary',
  cloud: 'demo',
  apiKey: 'key',
  apiSecret: 'hidden',
  api: 'https://api.cloudinary.com',
  delivery: 'https://res.cloudinary.com',
}

test.each([
  [{}, { current: disk }],
  [s3, { current: inS3 }],
  [cloudinary, { current: inCloudinary }],
  [{ ...s3, ...cloudinary, MEDIA_STORE: 'cloudinary' }, { current: inCloudinary }],
  [{ ...s3, MEDIA_STORE: 'disk' }, { current: disk }],
  [
    { ...s3, MEDIA_STORE_BEFORE: 'disk' },
    { current: inS3, before: disk },
  ],
  [
    { ...s3, MEDIA_STORE_BEFORE: 'none' },
    { current: inS3, before: 'none' },
  ],
  // The previous store is configured by its variables still; it is not chosen for that.
  [
    { ...s3, MEDIA_STORE_BEFORE: 's3' },
    { current: disk, before: inS3 },
  ],
  [
    { ...s3, ...cloudinary, MEDIA_STORE_BEFORE: 's3' },
    { current: inCloudinary, before: inS3 },
  ],
  [
    {
      ...s3,
      S3_ENDPOINT: 'http://minio:9000/',
      S3_PUBLIC_ENDPOINT: 'https://files.shop.example',
      S3_REGION: 'eu-central-1',
    },
    {
      current: {
        ...inS3,
        region: 'eu-central-1',
        endpoint: 'http://minio:9000',
        publicEndpoint: 'https://files.shop.example',
      },
    },
  ],
])('%j', (env, stores) => expect(readConfig(env).blobs).toEqual(stores))

describe('is refused', () => {
  test.each([
    [{ MEDIA_STORE: 's3' }, 'S3_BUCKET must be set'],
    [{ MEDIA_STORE: 'cloudinary' }, 'CLOUDINARY_URL must be set'],
    [{ S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'key' }, 'must be set together'],
    [{ ...s3, ...cloudinary }, 'MEDIA_STORE must name one'],
    [{ MEDIA_STORE_BEFORE: 'disk' }, 'must be another store'],
    [{ MEDIA_STORE_BEFORE: 'cloudinary' }, 'CLOUDINARY_URL must be set'],
    [{ ...s3, MEDIA_MAX_VIDEO: '6g' }, 'at most 5g'],
    [{ ...s3, S3_ENDPOINT: 'minio:9000' }, 'S3_ENDPOINT must be a URL'],
    [{ CLOUDINARY_URL: 'cloudinary://key:hidden' }, 'CLOUDINARY_URL must be a URL'],
    [{ CLOUDINARY_URL: 'cloudinary://key:hidden@demo?upload_prefix=x' }, 'are no URLs'],
    [{ ...s3, S3_BUCKET: 'Not A Bucket' }, 'S3_BUCKET must be the name'],
  ])('%j', (env, message) => {
    expect(() => readConfig(env)).toThrow(message)
    expect(() => readConfig(env)).not.toThrow('hidden')
  })
})
