import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { messageOf } from './message.ts'
import { plainMessage } from './plain-message.ts'

const from = 'Agora <agora@example.org>'
const mail = { id: 'a', to: 'ada@example.org', subject: 'Your lamp', text: 'It is on\n\nits way.' }
const now = new Date('2030-01-02T03:04:05.678Z')

/** The headers of a message in order of their names, and its text. */
const partsOf = (message: string) => {
  const end = message.indexOf('\n\n')
  const [head, text] = [message.slice(0, end), message.slice(end + 2)]
  return { headers: head.split('\n').toSorted((a, b) => (a < b ? -1 : 1)), text: text.trimEnd() }
}

test('a plain message has the headers and text of the one that nodemailer composes', async () => {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' })
  const message = messageOf(from, mail)
  const made = await composer.sendMail({ ...message, date: now })
  if (!Buffer.isBuffer(made.message)) throw new TypeError('nodemailer returned no buffer')
  expect(partsOf(plainMessage(message, now) ?? '')).toEqual(partsOf(made.message.toString()))
  composer.close()
})

test('a text of any language is written as UTF-8, without encoding', () => {
  const made = plainMessage(messageOf(from, { ...mail, text: '2 × Lämpchen 👋' }), now) ?? ''
  expect(partsOf(made).text).toBe('2 × Lämpchen 👋')
  expect(partsOf(made).headers).toContain('Content-Transfer-Encoding: 8bit')
})

test('a message that needs encoding or folding is left to nodemailer', () => {
  const made = (part: Partial<typeof mail>, sender = from) =>
    plainMessage(messageOf(sender, { ...mail, ...part }), now)
  expect(made({})).toBeDefined()
  expect(made({ subject: 'Grüße' })).toBeUndefined()
  expect(made({ subject: 'Hello\r\nBcc: eve@example.org' })).toBeUndefined()
  expect(made({ subject: 'Hello\nBcc: eve@example.org' })).toBeUndefined()
  expect(made({ subject: '=?UTF-8?Q?Hello?=' })).toBeUndefined()
  expect(made({ subject: 'x'.repeat(100) })).toBeUndefined()
  expect(made({ text: 'x'.repeat(400) })).toBeUndefined()
  expect(made({ text: '\ud800' })).toBeUndefined()
  expect(made({ text: 'a\rb' })).toBeUndefined()
  expect(made({ to: `${'x'.repeat(90)}@example.org` })).toBeUndefined()
  expect(made({}, 'Agorá <agora@example.org>')).toBeUndefined()
  expect(made({}, 'Agora, eve <agora@example.org>')).toBeUndefined()
})
