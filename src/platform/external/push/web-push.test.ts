import { createECDH } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { pushConformance } from './conformance.ts'
import { encrypted } from './encryption.ts'
import { PushRefused } from './port.ts'
import { claimsOf, pushService } from './testing/push-service.ts'
import { vapidKeys } from './vapid.ts'
import { webPush, type Reachable } from './web-push.ts'

const now = new Date('2030-01-07T08:00:00.000Z')
const made = (reachable: Reachable = {}, timeoutMs?: number) =>
  webPush({
    secret: Buffer.alloc(32, 9),
    subject: () => 'https://shop.example',
    clock: () => now,
    reachable,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })

let service: Awaited<ReturnType<typeof pushService>>
beforeAll(async () => {
  service = await pushService()
})
afterAll(() => service[Symbol.asyncDispose]())

const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
const open = () => ({ mayBeUrl: () => true, isAllowed: () => true, resolve, ca: service.ca })
const message = () => ({
  subscription: service.subscription,
  payload: 'hello',
  ttl: 60,
  urgency: 'high' as const,
})

pushConformance('web', async () => {
  service.got.length = 0
  service.answer.status = 201
  return {
    push: made(open()),
    subscription: service.subscription,
    arrived: () => service.got.map(({ payload }) => payload),
    end: () => {
      service.answer.status = 410
    },
    [Symbol.asyncDispose]: async () => {
      service.answer.status = 201
    },
  }
})

test('the example of RFC 8291 is encrypted to the bytes of the standard', () => {
  const bytes = encrypted(
    Buffer.from('When I grow up, I want to be a watermelon'),
    {
      p256dh:
        'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
    {
      privateKey: Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url'),
      salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'),
    },
  )
  expect(bytes.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  )
})

test('requests are signed for the push service, by the key that browsers subscribe with', async () => {
  const push = made(open())
  service.got.length = 0
  await push.send({ ...message(), topic: 'news' })
  const { headers } = service.got[0]!
  expect(headers).toMatchObject({ ttl: '60', urgency: 'high', topic: 'news' })
  expect(headers.authorization).toMatch(new RegExp(`k=${push.publicKey}$`))
  expect(claimsOf(headers.authorization)).toEqual({
    aud: service.origin,
    sub: 'https://shop.example',
    exp: now.getTime() / 1_000 + 12 * 60 * 60,
  })
})

test('the key pair follows from the secret, also where that is no valid key', () => {
  expect(vapidKeys(Buffer.alloc(32, 9)).publicKey).toBe(made().publicKey)
  for (const secret of [Buffer.alloc(32, 0), Buffer.alloc(32, 255), Buffer.alloc(32, 1)]) {
    const { publicKey, privateKey } = vapidKeys(secret)
    const { d = '' } = privateKey.export({ format: 'jwk' })
    const pair = createECDH('prime256v1')
    pair.setPrivateKey(Buffer.from(d, 'base64url'))
    expect(pair.getPublicKey('base64url')).toBe(publicKey)
  }
})

test.each([
  [404, 'DeviceGone'],
  [429, 'Unavailable'],
  [500, 'Unavailable'],
  [400, 'PushRefused'],
  [302, 'PushRefused'],
])('an answer %i is %s', async (status, name) => {
  service.answer.status = status
  service.answer.headers = { location: `${service.origin}/elsewhere` }
  const failed = await made(open())
    .send(message())
    .catch((error: unknown) => error)
  service.answer.status = 201
  expect(failed).toMatchObject({ name })
})

test('a push service that never answers is given up in time', async () => {
  service.answer.status = 'none'
  await expect(made(open(), 100).send(message())).rejects.toThrow(Unavailable)
  service.answer.status = 201
})

test('requests go to public servers only, and a foreign certificate is no push service', async () => {
  const { subscription } = service
  const to = (endpoint: string, reachable: Reachable = {}) =>
    made(reachable).send({ ...message(), subscription: { ...subscription, endpoint } })
  for (const endpoint of [
    'http://push.example/1',
    'https://localhost/1',
    'https://127.0.0.1/1',
    'https://[::1]/1',
    'https://[::ffff:10.0.0.1]/1',
    'https://10.1.2.3/1',
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.0.1/1',
    'https://0x7f000001/1',
    'https://user:password@push.example/1',
    'https://printer.local/1',
    'no url',
  ])
    await expect(to(endpoint), endpoint).rejects.toThrow(PushRefused)
  // A name that resolves to an address of this machine.
  service.got.length = 0
  const named = { mayBeUrl: () => true, resolve, ca: service.ca }
  await expect(to(service.subscription.endpoint, named)).rejects.toThrow(PushRefused)
  const untrusting = { mayBeUrl: () => true, isAllowed: () => true, resolve }
  await expect(to(service.subscription.endpoint, untrusting)).rejects.toThrow(Unavailable)
  expect(service.got).toEqual([])
})

test('keys that are no point of the curve are refused', async () => {
  const keys = { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: 'AAAA' }
  const subscription = { ...service.subscription, keys }
  await expect(made(open()).send({ ...message(), subscription })).rejects.toThrow(PushRefused)
})
