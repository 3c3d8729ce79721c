import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { secretOf, signWebhook, verifyWebhook, webhookTolerance } from './webhook-signature.ts'

const secret = 'a secret of the carrier'
const body = Buffer.from('{"id":"1","note":"zwölf"}')
const now = new Date('2030-01-07T08:00:00.400Z')
const header = signWebhook(secret, body, now)

describe('a signature of a webhook', () => {
  test('is the HMAC of time and raw body, so that any program can make it', () => {
    const mac = createHmac('sha256', secret).update(`1894003200.${body.toString()}`)
    expect(header).toBe(`t=1894003200,v1=${mac.digest('hex')}`)
  })

  test('is valid for its secret, its body and its time', () => {
    expect(verifyWebhook(secret, header, body, now)).toEqual({
      signedAt: new Date('2030-01-07T08:00:00.000Z'),
    })
    expect(
      verifyWebhook(
        secret,
        header.toUpperCase().replace('T=', 't=').replace('V1=', 'v1='),
        body,
        now,
      ),
    ).toHaveProperty('signedAt')
    expect(verifyWebhook('another secret', header, body, now)).toEqual({ fault: 'bad' })
    const other = Buffer.from('{"id":"1","note":"zwolf"}')
    expect(verifyWebhook(secret, header, other, now)).toEqual({ fault: 'bad' })
    const later = header.replace(/^t=\d+/, 't=1894003201')
    expect(verifyWebhook(secret, later, body, now)).toEqual({ fault: 'bad' })
  })

  test('may be one of several, while a secret changes', () => {
    const [time, mac] = header.split(',')
    const several = `${time}, v1=${'0'.repeat(64)}, ${mac}`
    expect(verifyWebhook(secret, several, body, now)).toHaveProperty('signedAt')
  })

  test('is stale five minutes before and after its time', () => {
    const after = (ms: number) => verifyWebhook(secret, header, body, new Date(1894003200_000 + ms))
    expect(after(webhookTolerance)).toHaveProperty('signedAt')
    expect(after(-webhookTolerance)).toHaveProperty('signedAt')
    expect(after(webhookTolerance + 1)).toEqual({ fault: 'stale' })
    expect(after(-webhookTolerance - 1)).toEqual({ fault: 'stale' })
  })

  test.each([
    ['', 'bad'],
    ['v1=', 'bad'],
    ['t=1894003200', 'bad'],
    ['t=,v1=', 'bad'],
    [`t=now,v1=${header.slice(-64)}`, 'bad'],
    [`t=1894003200,v1=${header.slice(-64, -1)}`, 'bad'],
    [`t=1894003200,v0=${header.slice(-64)}`, 'bad'],
    [header.slice(-64), 'bad'],
  ])('of another form is bad: %j', (text, fault) =>
    expect(verifyWebhook(secret, text, body, now)).toEqual({ fault }),
  )

  test('may be missing', () =>
    expect(verifyWebhook(secret, undefined, body, now)).toEqual({ fault: 'missing' }))
})

test('senders have secrets of their own, or one together', () => {
  expect(secretOf('one', 'post')).toBe('one')
  expect(secretOf({ post: 'two' }, 'post')).toBe('two')
  expect(secretOf({ post: 'two' }, 'courier')).toBeUndefined()
  expect(secretOf({ post: 'two' }, 'constructor')).toBeUndefined()
  expect(secretOf(undefined, 'post')).toBeUndefined()
})
