import { account } from '../../identity/language.ts'
import { notification } from '../language.ts'
import { profile, unwanted } from '../../profiles/language.ts'
import { MailRefused } from '../../../platform/external/mail/port.ts'
import { job } from '../../../serving/job.ts'

/**
 * Sends notifications by mail to users who want them, and records the result. The preferences are read just before, so
 * that a change applies to queued mails as well.
 */
export const sendMail = job({
  name: 'send-mail',
  from: [notification],
  on: {
    NotificationRequested: ({ id, data: { userId, channel, subject, text, marketing } }) =>
      channel === 'email' ? { notificationId: id, userId, subject, text, marketing } : undefined,
  },
  run: async (
    { notificationId, userId, subject, text, marketing },
    origin,
    { executor: { execute, stateOf }, mailer },
  ) => {
    const report = (reason?: string) =>
      execute(
        notification,
        notificationId,
        reason === undefined
          ? { type: 'RecordSent', data: {} }
          : { type: 'RecordFailure', data: { reason: reason.slice(0, 500) } },
        origin,
      )
    const { state } = await stateOf(notification, notificationId, {
      enough: ({ status }) => status === 'pending',
    })
    // A failed one was parked; an operator has retried its dead letter.
    if (state.status !== 'pending' && state.status !== 'failed') return
    const [{ state: person }, { state: wishes }] = await Promise.all([
      stateOf(account, userId),
      stateOf(profile, userId),
    ])
    if (person.status !== 'active') {
      await report('The account is not active')
      return
    }
    const why = unwanted(wishes, { channel: 'email', marketing })
    if (why !== undefined) {
      const command = { type: 'RecordSkipped' as const, data: { unwanted: why } }
      await execute(notification, notificationId, command, origin)
      return
    }
    try {
      await mailer.send({ id: notificationId, to: person.email, subject, text })
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error
      // Replies of mail servers often contain the address, which must not be recorded.
      await report(error.message.replaceAll(person.email, 'the address'))
      return
    }
    await report()
  },
  // The dead letter has the server's reply, which may contain the address.
  givenUp: async ({ notificationId }, origin, _error, { executor: { execute } }) => {
    const data = { reason: 'It could not be handed to the mail server' }
    await execute(notification, notificationId, { type: 'RecordFailure', data }, origin)
  },
  // With Redis, this queue is BullMQ's; a job of BullMQ for each mail would cost more than the mail. Mails about accounts
  // stay single jobs: no event records that one was sent, so they cannot share a job.
  options: {
    concurrency: 8,
    attempts: 10,
    backoff: 500,
    bundle: { most: 25, within: 100 },
    queue: 'mails',
  },
})
