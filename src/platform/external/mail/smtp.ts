import { createTransport, type NodemailerError } from 'nodemailer'
import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
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

const policy = policies.mail

/**
 * Whether the server has answered about this mail, if only that it does not take it now: it takes others. It does not where
 * it lets Agora not in, or closes (421).
 */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') &&
  'responseCode' in error &&
  error.responseCode !== 421

/**
 * Mailer by SMTP. While the server is away, one mail in each second tries, and the others fail at once.
 * @param options.url `smtp://user:password@host:587`, `smtps://…` for TLS from the start
 * @param options.from sender of all mails
 * @param options.timeoutMs timeout of a connection, a greeting or an answer, in ms; default 10,000
 * @param options.onChange called when the server stops answering, and when it answers again
 */
export const smtpMailer = ({
  url,
  from,
  timeoutMs = policy.answerMs,
  onChange,
}: {
  readonly url: string
  readonly from: string
  readonly timeoutMs?: number
  readonly onChange?: (isUp: boolean, error?: unknown) => void
}): Mailer & { readonly client: OutboundClient } => {
  const availability = createAvailability('The mail server', { policy, onChange })
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
      await availability.attempt(async () => {
        try {
          await transport.sendMail(message)
        } catch (error) {
          if (!(error instanceof Error)) throw error
          if (isRefusal(error)) throw new MailRefused(error.message, { cause: error })
          throw new Unavailable('The mail server did not accept the mail', { cause: error })
        }
      }, isAnswer)
    },
    client: { name: 'mail', policy, status: availability.status },
    close: async () => transport.close(),
  }
}
