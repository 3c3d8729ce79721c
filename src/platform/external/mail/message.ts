import { MailRefused, type Mail } from './port.ts'

/** The characters that RFC 5322 lets stand in an address without quotes, and no others: nothing to smuggle a second one in. */
const address = /^[^\s@<>()[\],;:\\"\p{Cc}]+@[^\s@<>()[\],;:\\"\p{Cc}]+$/u

/** `name@host` of `Name <name@host>`. */
const hostOf = (from: string): string => from.replace(/>\s*$/, '').split('@').at(-1) || 'localhost'

/**
 * What nodemailer is to make a message of. No field reaches beyond itself: there is one recipient, the id is encoded, and
 * nodemailer keeps the subject on one line.
 * @param from whom mails are from: `Agora <agora@example.org>`
 * @throws MailRefused when the recipient is not one plain address
 */
export const messageOf = (from: string, { id, to, subject, text }: Mail) => {
  if (!address.test(to) || to.length > 320)
    throw new MailRefused(`${JSON.stringify(to.slice(0, 320))} is not an e-mail address`)
  return {
    from,
    to,
    subject,
    text,
    messageId: `<${encodeURIComponent(id.toWellFormed())}@${hostOf(from)}>`,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}
