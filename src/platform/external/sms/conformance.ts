import { describe, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { SmsRefused, type Sms } from './port.ts'

/** Text messages, with access to those that were delivered. */
export type SmsFixture = AsyncDisposable & {
  readonly sms: Sms
  readonly arrived: () => Promise<readonly { readonly to: string; readonly text: string }[]>
  /** Makes every send fail until `end` is called; undefined where that cannot be. */
  readonly outage?: () => Promise<{ readonly end: () => Promise<void> }>
}

const message = { id: 'order-1', to: '+4915112345678', text: 'Ihre Lampe ist da.', userId: 'ada' }

/** Conformance suite of text messages. */
export const smsConformance = (name: string, make: () => Promise<SmsFixture>): void => {
  describe(`${name} text messages`, () => {
    test('a text of any language arrives at its number', async () => {
      await using fixture = await make()
      await fixture.sms.send({ ...message, text: 'Grüße 👋\nan alle & jeden=1' })
      expect(await fixture.arrived()).toEqual([
        { to: message.to, text: 'Grüße 👋\nan alle & jeden=1' },
      ])
    })

    test('an impossible number is refused', async () => {
      await using fixture = await make()
      for (const to of ['', '015112345678', '+0123456789', '+49', '+491234567890123456', '+49x'])
        await expect(fixture.sms.send({ ...message, to }), to).rejects.toThrow(SmsRefused)
      for (const to of ['+4915112345678\nTo: +4915187654321', '+49 151 12345678'])
        await expect(fixture.sms.send({ ...message, to }), to).rejects.toThrow(SmsRefused)
      expect(await fixture.arrived()).toEqual([])
    })

    test('a long text is cut, not refused', async () => {
      await using fixture = await make()
      await fixture.sms.send({ ...message, text: 'x'.repeat(2_000) })
      const [{ text } = { text: '' }] = await fixture.arrived()
      expect(text).toBe(`${'x'.repeat(1_599)}…`)
    })

    test('a message that fails during an outage can be sent after it', async () => {
      await using fixture = await make()
      if (!fixture.outage) return
      const { end } = await fixture.outage()
      await expect(fixture.sms.send(message)).rejects.toThrow(Unavailable)
      await end()
      await fixture.sms.send(message)
      expect(await fixture.arrived()).toHaveLength(1)
    })
  })
}
