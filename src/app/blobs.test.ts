import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cloudinaryStandIn } from '../../test/support/cloudinary.ts'
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { BadConfig, readConfig } from '../config.ts'
import type { Blobs } from '../platform/storage/blobs/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { openBlobs } from './blobs.ts'

let own: TestDatabase
let data: string
let cloudinary: Awaited<ReturnType<typeof cloudinaryStandIn>>
let parts: AsyncDisposableStack
let emptied: string[]
let changes: string[]
beforeEach(async () => {
  own = await freshDatabase()
  data = await mkdtemp(join(tmpdir(), 'agora-blob-stores-'))
  await mkdir(join(data, 'blobs'))
  cloudinary = await cloudinaryStandIn()
  parts = new AsyncDisposableStack()
  ;[emptied, changes] = [[], []]
})
afterEach(async () => {
  await parts.disposeAsync()
  await cloudinary[Symbol.asyncDispose]()
  await own[Symbol.asyncDispose]()
  await rm(data, { recursive: true })
})

const open = (env: Readonly<Record<string, string>> = {}) => {
  const { blobs } = readConfig(env)
  return openBlobs(
    { blobs, data },
    {
      database: own.database,
      parts,
      onEmpty: (name) => void emptied.push(name),
      onChange: (store, isUp) => void changes.push(`${store} ${isUp}`),
    },
  )
}
const inCloudinary = () => {
  const { apiKey, apiSecret, cloud, api } = cloudinary.settings
  const query = new URLSearchParams({ upload_prefix: api, delivery_prefix: api })
  return { CLOUDINARY_URL: `cloudinary://${apiKey}:${apiSecret}@${cloud}?${query.toString()}` }
}
const store = async (blobs: Blobs, key: string) => {
  const bytes = async function* () {
    yield Buffer.from(`bytes of ${key}`)
  }
  await using staged = await blobs.stage(bytes())
  await staged.commit(key)
}
const textOf = async (blobs: Blobs, key: string) => {
  const stream = await blobs.read(key)
  return stream && String(await buffer(stream))
}

test('files move to another store, and are found meanwhile', async () => {
  const { blobs: disk, probes } = await open()
  expect(probes).toEqual({})
  await store(disk, 'old')
  const moving = { ...inCloudinary(), MEDIA_STORE_BEFORE: 'disk' }
  const { blobs, probes: pings } = await open(moving)
  await pings.cloudinary?.()
  expect(blobs.driver).toBe('cloudinary')
  expect(await textOf(blobs, 'old')).toBe('bytes of old')
  await store(blobs, 'new')
  expect(cloudinary.names()).toEqual(['agora/stored/new'])
  // Not before all files have moved.
  await expect(open(inCloudinary())).rejects.toThrow('MEDIA_STORE_BEFORE=disk')

  expect(await blobs.moveFromEarlier?.()).toBe(1)
  expect(emptied).toEqual([])
  expect([await blobs.moveFromEarlier?.(), await blobs.moveFromEarlier?.()]).toEqual([0, 0])
  expect(emptied).toEqual(['disk'])
  expect(cloudinary.names().toSorted()).toEqual(['agora/stored/new', 'agora/stored/old'])
  const { blobs: moved } = await open(inCloudinary())
  expect(await textOf(moved, 'old')).toBe('bytes of old')
  // And back.
  await expect(open()).rejects.toThrow('MEDIA_STORE_BEFORE=cloudinary')
  const { blobs: back } = await open({ ...inCloudinary(), MEDIA_STORE_BEFORE: 'cloudinary' })
  expect([back.driver, await textOf(back, 'old')]).toEqual(['disk', 'bytes of old'])
})

test('files on disk that no record tells of are not lost sight of', async () => {
  const { blobs } = await open()
  await store(blobs, 'old')
  await own.database.query('DELETE FROM agora.blob_store')
  await expect(open(inCloudinary())).rejects.toThrow(BadConfig)
})

test('an operator may go without the files of the previous store', async () => {
  await store((await open()).blobs, 'old')
  const { blobs } = await open({ ...inCloudinary(), MEDIA_STORE_BEFORE: 'none' })
  expect(await textOf(blobs, 'old')).toBeUndefined()
  await open(inCloudinary())
})

test('a store on another machine that is away is no reason not to start', async () => {
  const env = {
    S3_BUCKET: 'files',
    S3_ENDPOINT: 'http://127.0.0.1:1',
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
  }
  const { blobs, probes } = await open(env)
  expect(Object.keys(probes)).toEqual(['s3'])
  await expect(probes.s3?.()).rejects.toThrow(Unavailable)
  await expect(store(blobs, 'any')).rejects.toThrow(Unavailable)
  expect(changes).toEqual(['S3 false'])
})
