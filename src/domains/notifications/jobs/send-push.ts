import type { DocumentOf } from '#kernel'
import { devices } from '../../../projections/index.ts'
import { DeviceGone, PushRefused, type PushMessage } from '../../../platform/external/push/port.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import { device, notification } from '../language.ts'
import { dueBy, outcomes, preparedDelivery, releasedBy, type Due } from '../services/delivery.ts'
import { mostBrowsers } from '../services/device-limits.ts'

type Device = DocumentOf<typeof devices>
type Outcome = 'sent' | 'gone' | 'refused'

/** How long a push service holds a message for a device that is off, in s. */
const ttl = 24 * 60 * 60

/** Most characters of a text in a push message; the app has all of it. */
const longest = 700

const cut = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text

const sendTo = async (
  { id, userId, endpoint = '', publicKey: p256dh = '', auth = '' }: Device,
  message: Omit<PushMessage, 'subscription'>,
  origin: Origin,
  { push, executor }: Pick<JobPorts, 'push' | 'executor'>,
): Promise<Outcome> => {
  try {
    await push.send({ ...message, subscription: { endpoint, keys: { p256dh, auth } } })
    return 'sent'
  } catch (error) {
    if (error instanceof PushRefused) return 'refused'
    if (!(error instanceof DeviceGone)) throw error
    const command = { type: 'RemoveDevice' as const, data: { userId, reason: 'gone' as const } }
    await executor.execute(device, id, command, derivedOrigin(origin, id))
    return 'gone'
  }
}

/** Sends push messages to the browsers of their users, and records the results. Subscriptions that have ended are dropped. */
export const sendPush = job({
  name: 'send-push',
  from: [notification],
  on: {
    NotificationRequested: dueBy('push'),
    NotificationReleased: releasedBy('push'),
  },
  run: async (due: Due, origin, ports) => {
    const ready = await preparedDelivery(due, origin, ports)
    if (!ready) return
    const { document, words, isUrgent } = ready
    const { id, userId, type, orderId, postId, copyOf } = document
    const { documents } = await ports.readModels.find(devices, {
      where: { userId, kind: 'webpush' },
      limit: mostBrowsers,
      counted: false,
    })
    const record = outcomes(ports, id, origin)
    if (documents.length === 0) return record.skipped('device')
    const payload = JSON.stringify({
      // The one in the app, which can be marked as read.
      id: copyOf ?? id,
      type,
      title: words.subject,
      body: cut(words.text),
      ...(orderId && { orderId }),
      ...(postId && { postId }),
    })
    const message = {
      payload,
      ttl,
      urgency: isUrgent ? ('high' as const) : ('normal' as const),
      // A repetition replaces the first one.
      topic: id.replaceAll('-', '').slice(0, 32),
    }
    const sent = await Promise.allSettled(
      documents.map((one) => sendTo(one, message, origin, ports)),
    )
    if (sent.some((one) => one.status === 'fulfilled' && one.value === 'sent')) return record.sent()
    // Those that were away are tried again; a device that has taken it is not disturbed twice.
    const away = sent.find((one) => one.status === 'rejected')
    if (away) throw away.reason
    await record.failed('No device takes push messages')
  },
  givenUp: ({ notificationId }, origin, _error, ports) =>
    outcomes(ports, notificationId, origin).failed('The push service did not take it'),
  options: { concurrency: 8, attempts: 8, backoff: 1_000 },
})
