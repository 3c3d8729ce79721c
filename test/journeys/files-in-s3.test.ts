import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { openBetween, type Between } from '../support/between.ts'
import { mp4, png } from '../support/files.ts'
import { hasS3, needsS3, s3Settings } from '../support/s3.ts'
import { successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { uploadTo } from '../support/upload.ts'

describe.skipIf(!hasS3)(`files in S3${needsS3}`, () => {
  let between: Between
  let agora: AgoraHere
  let ann: Person
  let url: string
  beforeAll(async () => {
    const { endpoint = '', bucket, credentials } = s3Settings()
    between = await openBetween(endpoint)
    agora = await agoraHere({
      S3_BUCKET: bucket,
      S3_ENDPOINT: between.url,
      // Clients reach it by another way.
      S3_PUBLIC_ENDPOINT: endpoint,
      S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
      S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
    })
    ann = await agora.shop.register('ann')
    url = `${agora.shop.url}/api/v1`
  })
  afterAll(async () => {
    await agora?.[Symbol.asyncDispose]()
    await between?.[Symbol.asyncDispose]()
  })
  const read = (id: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/media/${id}/content`, {
      headers: { authorization: `Bearer ${ann.token}`, ...headers },
    })
  const upload = (bytes: Buffer) => uploadTo(url, ann.token, [{ name: 'a', bytes }])

  test('are read whole and in parts, and go when they are deleted', async () => {
    const bytes = Buffer.concat([mp4, Buffer.alloc(3_000_000, 'v')])
    const { id } = (await upload(bytes)).body.data.media[0]
    const whole = await read(id)
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
    const part = await read(id, { range: 'bytes=2000000-2000002' })
    expect([part.status, await part.text()]).toEqual([206, 'vvv'])
    successOf(await ann.call('DELETE', `/media/${id}`), 200)
    expect((await read(id)).status).toBe(404)
  })

  test('may be sent to S3 itself', async () => {
    const bytes = Buffer.concat([mp4, Buffer.alloc(2_000_000, 'w')])
    const wish = { name: 'film.mp4', size: bytes.length, mime: 'video/mp4' }
    const { body } = await ann.call('POST', '/media/uploads', wish)
    const { id, method, url: target, headers } = body.data
    expect(new URL(target).origin).toBe(s3Settings().endpoint)
    expect((await fetch(target, { method, headers, body: bytes })).status).toBe(200)
    const completed = await ann.call('POST', `/media/uploads/${id}/complete`, {})
    expect([completed.status, completed.body.data.name]).toEqual([201, 'film.mp4'])
    const whole = await read(id)
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
  })

  test('are an outage of files alone while S3 is away', async () => {
    const { id } = (await upload(Buffer.concat([mp4, Buffer.from('before')]))).body.data.media[0]
    between.cut()
    const refused = await fetch(`${url}/media/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}` },
      body: (() => {
        const form = new FormData()
        form.append('file', new Blob([Uint8Array.from(png(1, 1, 'during'))]), 'a')
        return form
      })(),
    })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.anything()])
    await refused.body?.cancel()
    expect((await read(id)).status).toBe(503)
    successOf(await ann.call('POST', '/posts', { content: 'Posts go on' }), 201)
    const ready = async () => (await fetch(`${agora.shop.url}/health/ready`)).status
    expect(await ready()).toBe(200)
    const health = async () => {
      const { data } = (await agora.shop.anyone('GET', '//health')).body
      return data.checks.find(({ name }: { name: string }) => name === 's3')
    }
    await until(health, ({ ok }) => !ok)
    between.mend()
    await until(health, ({ ok }) => ok)
    expect((await read(id)).status).toBe(200)
    expect((await upload(Buffer.concat([mp4, Buffer.from('after')]))).status).toBe(201)
  })
})
