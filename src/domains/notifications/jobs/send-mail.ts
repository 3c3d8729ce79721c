import { account } from '../../identity/language.ts'
import { notification } from '../language.ts'
import { notifications } from '../../../projections/index.ts'
import { initially, profile } from '../../profiles/language.ts'
import { MailRefused } from '../../../platform/external/mail/port.ts'
import { job } from '../../../serving/job.ts'
import { unwantedBy } from '../services/delivery.ts'
import { unsubscribing } from '../services/unsubscribing.ts'
import { wordsOf } from '../services/words.ts'

/**
 * Sends notifications by mail to users who want them, and records the result. The preferences are read just before, so
 * that a change applies to queued mails as well.
 */
export const sendMail = job({
  name: 'send-mail',
  from: [notification],
  on: {
    NotificationRequested: ({ id, position, data }) => {
      const { userId, channel, type, subject, text, template, marketing, letter } = data
      if (channel !== 'email') return undefined
      const words = { subject, text, type, template, marketing }
      // Words about a person are read as it is sent, so that the queue does not hold them.
      return { notificationId: id, userId, ...words, ...(letter && { letterAt: String(position) }) }
    },
  },
  run: async ({ notificationId, userId, letterAt, type, ...requested }, origin, ports) => {
    const {
      executor: { execute, stateOf },
      readModels,
      mailer,
      keys,
      letters,
    } = ports
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
    const { marketing } = requested
    const why = unwantedBy(wishes, { channel: 'email', type, ...(marketing && { marketing }) })
    if (why !== undefined) {
      const command = { type: 'RecordSkipped' as const, data: { unwanted: why } }
      await execute(notification, notificationId, command, origin)
      return
    }
    const worded =
      letterAt === undefined
        ? requested
        : (await readModels.get(notifications, notificationId, BigInt(letterAt))).document
    if (!worded) return
    const { preferences } = wishes.status === 'active' ? wishes : initially
    const { subject, text } = wordsOf(worded, preferences.locale)
    const leaving = marketing && unsubscribing(keys, letters.site(), userId)
    const mail = {
      id: notificationId,
      to: person.email,
      subject,
      text: leaving ? `${text}\n\n${leaving.footer(preferences.locale)}\n` : text,
      ...(leaving && { unsubscribe: leaving.oneClick }),
    }
    try {
      await mailer.send(mail)
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
