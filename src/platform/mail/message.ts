import { MailRefused, type Mail } from './port.ts'

/** The characters that RFC 5322 lets stand in an address without quotes, and no others: nothing to smuggle a second one in. */
const address = /^[^\s@<>()[\],;:\\"\p{Cc}]+@[^\s@<>()[\],;:\\"\p{Cc}]+$/u

const oneLine = (text: string): string => text.replace(/[\r\n\p{Cc}]+/gu, ' ')

/** `name@host` of `Name <name@host>`. */
const hostOf = (from: string): string => from.replace(/>\s*$/, '').split('@').at(-1) || 'localhost'

/**
 * What nodemailer is to make a message of. The fields cannot reach beyond themselves: one recipient, one line a header.
 * @param from whom mails are from: `Agora <agora@example.org>`
 * @throws MailRefused when the recipient is not one plain address
 */
export const messageOf = (from: string, { id, to, subject, text }: Mail) => {
  if (!address.test(to) || to.length > 320)
    throw new MailRefused(`"${oneLine(to).slice(0, 320)}" is not an e-mail address`)
  return {
    from,
    to: { name: '', address: to },
    subject: oneLine(subject),
    text,
    messageId: `<${encodeURIComponent(id.toWellFormed())}@${hostOf(from)}>`,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}
