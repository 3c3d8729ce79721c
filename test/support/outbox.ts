import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './until.ts'

/** The text of a quoted-printable mail (RFC 2045 §6.7). */
const readable = (mail: string): string =>
  mail
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/**
 * Waits for a mail by recipient and subject. @returns the last one
 * @param data folder of the Agora that sends it
 */
export const mailTo = (data: string, email: string, subject: string): Promise<string> => {
  const outbox = join(data, 'outbox')
  return until(
    async () => {
      const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith('.eml'))
      const mails = await Promise.all(
        names.toSorted().map((name) => readFile(join(outbox, name), 'utf8')),
      )
      const wanted = mails
        .map(readable)
        .filter((mail) => mail.includes(`To: ${email}`) && mail.includes(`Subject: ${subject}`))
      return wanted.at(-1) ?? ''
    },
    (mail) => mail !== '',
  )
}

/** The token of the link in a mail. @param page that the link opens: `verify` */
export const tokenIn = (mail: string, page: string): string =>
  new RegExp(`https?://[^/\\s]+/${page}\\?token=(\\S+)`).exec(mail)?.[1] ?? ''
