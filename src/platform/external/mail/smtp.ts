import { createTransport, type NodemailerError } from 'nodemailer'
import { Unavailable } from '../../unavailable.ts'
import { messageOf } from './message.ts'
import { MailRefused, type Mailer } from './port.ts'

/**
 * Whether the server will never take this mail, or its recipient: a 5yz to the envelope or the message (RFC 5321, 4.2.1).
 * That it does not take us (530 and 534 to 538: log in first; RFC 4954, 6) is for people to mend, not the mail's fault.
 */
const isRefusal = ({ permanent, code, responseCode = 0 }: NodemailerError): boolean =>
  permanent === true &&
  (code === 'EENVELOPE' || code === 'EMESSAGE') &&
  !/^53[04578]$/.test(String(responseCode))

/**
 * Mail by SMTP.
 * @param options.url `smtp://user:password@host:587`, `smtps://…` for TLS from the start
 * @param options.from whom mails are from
 * @param options.patience how long to wait for a connection, a greeting or an answer, ms; default 10,000
 */
export const smtpMailer = ({
  url,
  from,
  patience = 10_000,
}: {
  readonly url: string
  readonly from: string
  readonly patience?: number
}): Mailer => {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
  })
  return {
    send: async (mail) => {
      const message = messageOf(from, mail)
      try {
        await transport.sendMail(message)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        if (isRefusal(error)) throw new MailRefused(error.message, { cause: error })
        throw new Unavailable('The mail could not be handed over', { cause: error })
      }
    },
    close: async () => transport.close(),
  }
}
