import type { Operation, Tracer } from '../../observability/tracing/port.ts'
import type { Mailer } from './port.ts'

const sendMail: Operation = { name: 'send mail', kind: 'client' }

/** Traces the mails that are sent as part of an operation; neither address nor text is recorded. */
export const tracedMailer = (mailer: Mailer, tracer: Tracer): Mailer => ({
  ...mailer,
  send: async (mail) => {
    const parent = tracer.current()
    const span = parent && tracer.begin(parent.trace, { operation: sendMail, parent: parent.id })
    try {
      await mailer.send(mail)
      span?.end()
    } catch (error) {
      span?.end({ error })
      throw error
    }
  },
})
