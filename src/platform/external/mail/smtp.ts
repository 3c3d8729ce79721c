import { createTransport, type NodemailerError } from 'nodemailer'
import { Unavailable } from '../../unavailable.ts'
import { messageOf } from './message.ts'
import { MailRefused, type Mailer } from './port.ts'

/**
 * Whether the server rejects the mail or its recipient for good: a 5yz to the envelope or the message (RFC 5321, 4.2.1).
 * Failed authentication (530 and 534 to 538; RFC 4954, 6) is for operators to correct, and no reason to refuse the mail.
 */
const isRefusal = ({ permanent, code, responseCode = 0 }: NodemailerError): boolean =>
  permanent === true &&
  (code === 'EENVELOPE' || code === 'EMESSAGE') &&
  !/^53[04578]$/.test(String(responseCode))

/**
 * Mailer by SMTP.
 * @param options.url `smtp://user:password@host:587`, `smtps://…` for TLS from the start
 * @param options.from sender of all mails
 * @param options.timeoutMs timeout of a connection, a greeting or an answer, in ms; default 10,000
 */
export const smtpMailer = ({
  url,
  from,
  timeoutMs = 10_000,
}: {
  readonly url: string
  readonly from: string
  readonly timeoutMs?: number
}): Mailer => {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  })
  return {
    send: async (mail) => {
      const message = messageOf(from, mail)
      try {
        await transport.sendMail(message)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        if (isRefusal(error)) throw new MailRefused(error.message, { cause: error })
        throw new Unavailable('The mail server did not accept the mail', { cause: error })
      }
    },
    close: async () => transport.close(),
  }
}
