import { devices } from '../../../projections/index.ts'
import { SmsRefused } from '../../../platform/external/sms/port.ts'
import { job } from '../../../serving/job.ts'
import { notification } from '../language.ts'
import { dueBy, outcomes, preparedDelivery, releasedBy, type Due } from '../services/delivery.ts'

/** Sends text messages to the telephone that their user has confirmed last, and records the results. */
export const sendSms = job({
  name: 'send-sms',
  from: [notification],
  on: {
    NotificationRequested: dueBy('sms'),
    NotificationReleased: releasedBy('sms'),
  },
  run: async (due: Due, origin, ports) => {
    const ready = await preparedDelivery(due, origin, ports)
    if (!ready) return
    const { id, userId } = ready.document
    const record = outcomes(ports, id, origin)
    const { documents } = await ports.readModels.find(devices, {
      where: { userId, kind: 'phone', confirmed: true },
      sort: ['-createdAt'],
      limit: 1,
      counted: false,
    })
    const [{ number } = {}] = documents
    if (number === undefined) return record.skipped('device')
    try {
      await ports.sms.send({ id, to: number, text: ready.words.sms, userId })
    } catch (error) {
      if (!(error instanceof SmsRefused)) throw error
      return record.failed(error.message)
    }
    await record.sent()
  },
  givenUp: ({ notificationId }, origin, _error, ports) =>
    outcomes(ports, notificationId, origin).failed('The gateway did not take it'),
  options: { concurrency: 4, attempts: 8, backoff: 1_000 },
})
