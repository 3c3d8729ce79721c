import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { MailRefused, type Mailer } from './port.ts'

/** A mailer, with access to the mails that it delivered. */
export type MailFixture = AsyncDisposable & {
  /** Its mails are from `Agora <agora@example.org>`. */
  readonly mailer: Mailer
  /** Returns the delivered messages (RFC 5322), in no particular order. */
  readonly arrived: () => Promise<readonly string[]>
  /** Makes every send fail until `end` is called. */
  readonly outage: () => Promise<{ readonly end: () => Promise<void> }>
}

const eventually = { timeout: 120_000, interval: 10 }

const mail = {
  id: 'order-1',
  to: 'ada@example.org',
  subject: 'Your lamp',
  text: 'It is on its way.',
}

/** The value of a header, unfolded. */
const headerOf = (message: string, name: string): string | undefined => {
  const [head = ''] = message.replaceAll('\r\n', '\n').split('\n\n', 1)
  const lines = head.replace(/\n[ \t]+/g, ' ').split('\n')
  return lines
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
    ?.slice(name.length + 2)
}

/** Conformance suite of the mailers. */
export const mailConformance = (name: string, make: () => Promise<MailFixture>): void => {
  describe(`${name} mail`, () => {
    let fixture: MailFixture
    beforeEach(async () => {
      fixture = await make()
    })
    afterEach(() => fixture[Symbol.asyncDispose]())

    const onlyMail = async (): Promise<string> => {
      await expect.poll(async () => (await fixture.arrived()).length, eventually).toBe(1)
      return (await fixture.arrived())[0] ?? ''
    }

    test('a mail arrives with its sender, recipient, subject, text and id', async () => {
      await fixture.mailer.send(mail)
      const message = await onlyMail()
      expect(headerOf(message, 'From')).toBe('Agora <agora@example.org>')
      expect(headerOf(message, 'To')).toBe('ada@example.org')
      expect(headerOf(message, 'Subject')).toBe('Your lamp')
      expect(headerOf(message, 'Message-ID')).toBe('<order-1@example.org>')
      expect(Date.parse(headerOf(message, 'Date') ?? '')).not.toBeNaN()
      expect(message).toContain('It is on its way.')
    })

    test('a text of any language arrives unchanged', async () => {
      await fixture.mailer.send({ ...mail, subject: 'Grüße 👋', text: 'Señor Ωmega' })
      const message = await onlyMail()
      expect(headerOf(message, 'Subject')).toMatch(/^=\?UTF-8\?/)
      const [, body = ''] = message.replaceAll('\r\n', '\n').split('\n\n', 2)
      const bytes = body
        .replace(/=\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      expect(Buffer.from(bytes, 'latin1').toString()).toContain('Señor Ωmega')
    })

    test('a mail of a list names the URL that takes its recipient off it', async () => {
      const unsubscribe = `https://shop.example/api/v1/notifications/unsubscribe?token=${'x'.repeat(150)}`
      await fixture.mailer.send({ ...mail, unsubscribe })
      const message = await onlyMail()
      expect(headerOf(message, 'List-Unsubscribe')?.replaceAll(/\s/g, '')).toBe(`<${unsubscribe}>`)
      expect(headerOf(message, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
    })

    test('line breaks in a subject or an id add no header', async () => {
      await fixture.mailer.send({
        ...mail,
        id: 'x>\r\nBcc: eve@example.org',
        subject: 'Hello\r\nBcc: eve@example.org\n\nInjected body',
      })
      const message = await onlyMail()
      expect(headerOf(message, 'Bcc')).toBeUndefined()
      expect(headerOf(message, 'Message-ID')).toMatch(/^<[^<>\s]+@example\.org>$/)
      expect(headerOf(message, 'Subject')).toContain('Hello Bcc: eve@example.org')
      expect(message.replaceAll('\r\n', '\n')).not.toMatch(/^Injected body/m)
    })

    test('a recipient that is not one address is refused', async () => {
      const recipients = [
        '',
        'nobody',
        'ada@example.org, eve@example.org',
        'ada@example.org\r\nBcc: eve@example.org',
        'Ada <ada@example.org>',
        '"ada eve"@example.org',
        'ada@@example.org',
      ]
      for (const to of recipients)
        await expect(fixture.mailer.send({ ...mail, to })).rejects.toThrow(MailRefused)
      expect(await fixture.arrived()).toEqual([])
    })

    test('many concurrent mails all arrive', async () => {
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          fixture.mailer.send({ ...mail, id: `order/${index}` }),
        ),
      )
      await expect.poll(async () => (await fixture.arrived()).length, eventually).toBe(40)
      const ids = (await fixture.arrived()).map((message) => headerOf(message, 'Message-ID'))
      expect(new Set(ids).size).toBe(40)
    })

    test('a mail that fails during an outage can be sent after it', async () => {
      const { end } = await fixture.outage()
      await expect(fixture.mailer.send(mail)).rejects.toThrow(Unavailable)
      await end()
      await expect
        .poll(() => fixture.mailer.send(mail).then(() => 'sent', String), eventually)
        .toBe('sent')
      expect(headerOf(await onlyMail(), 'Subject')).toBe('Your lamp')
    })
  })
}
