import { describe, expect, test } from 'vitest'
import { DeviceGone, PushRefused, type Push, type PushSubscription } from './port.ts'

/** Push messages, with access to those that arrived. */
export type PushFixture = AsyncDisposable & {
  readonly push: Push
  readonly subscription: PushSubscription
  /** Returns the payloads that arrived at the device. */
  readonly arrived: () => readonly string[]
  /** Ends the subscription. */
  readonly end: () => void
}

/** Conformance suite of push messages. */
export const pushConformance = (name: string, make: () => Promise<PushFixture>): void => {
  describe(`${name} push`, () => {
    const message = { payload: '{"text":"Grüße 👋"}', ttl: 60, urgency: 'normal' as const }

    test('a message of any language arrives unchanged', async () => {
      await using fixture = await make()
      const { push, subscription, arrived } = fixture
      await push.send({ ...message, subscription })
      await push.send({ ...message, subscription, urgency: 'high', topic: 'news', payload: 'x' })
      expect(arrived()).toEqual([message.payload, 'x'])
    })

    test('a subscription that has ended is recognised', async () => {
      await using fixture = await make()
      const { push, subscription, end, arrived } = fixture
      end()
      await expect(push.send({ ...message, subscription })).rejects.toThrow(DeviceGone)
      expect(arrived()).toEqual([])
    })

    test('a message that is too long is refused', async () => {
      await using fixture = await make()
      const { push, subscription, arrived } = fixture
      const payload = 'x'.repeat(4_000)
      await expect(push.send({ ...message, subscription, payload })).rejects.toThrow(PushRefused)
      expect(arrived()).toEqual([])
    })

    test('the public key is an uncompressed point, as browsers take it', async () => {
      await using fixture = await make()
      const key = Buffer.from(fixture.push.publicKey, 'base64url')
      expect([key.length, key[0]]).toEqual([65, 4])
    })
  })
}
