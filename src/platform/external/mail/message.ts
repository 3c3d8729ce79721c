import { MailRefused, type Mail } from './port.ts'

/** An address of the characters that RFC 5322 allows without quotes, and no others, so that no second address can be injected. */
const address = /^[^\s@<>()[\],;:\\"\p{Cc}]+@[^\s@<>()[\],;:\\"\p{Cc}]+$/u

/** `name@host` of `Name <name@host>`. */
const hostOf = (from: string): string => from.replace(/>\s*$/, '').split('@').at(-1) || 'localhost'

/**
 * Builds a message for nodemailer. No field can inject another: there is one recipient, the id is encoded, and nodemailer
 * keeps the subject on one line.
 * @param from sender of all mails: `Agora <agora@example.org>`
 * @throws MailRefused when the recipient is not one plain address
 */
export const messageOf = (from: string, { id, to, subject, text, unsubscribe }: Mail) => {
  if (!address.test(to) || to.length > 320)
    throw new MailRefused(`${JSON.stringify(to.slice(0, 320))} is not an e-mail address`)
  return {
    from,
    to,
    subject,
    text,
    messageId: `<${encodeURIComponent(id.toWellFormed())}@${hostOf(from)}>`,
    ...(unsubscribe !== undefined && {
      headers: {
        'List-Unsubscribe': `<${encodeURI(unsubscribe)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}
