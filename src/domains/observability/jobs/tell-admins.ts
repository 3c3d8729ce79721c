import { derivedId, isRefusal } from '#kernel'
import { accounts } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { Channel, notification } from '../../notifications/language.ts'
import { NotificationId } from '../../shared/index.ts'
import { alert, type AlertId, type Severity } from '../language.ts'

/** Most admins that are notified. */
const mostAdmins = 100

const subjects = {
  raised: { warning: 'Warning', critical: 'Critical alert' },
  resolved: { warning: 'Warning resolved', critical: 'Critical alert resolved' },
} as const

type What = keyof typeof subjects

/** Channels of the news. Only what affects clients now, and goes on, disturbs admins wherever they are. */
const channels: Readonly<Record<What, Readonly<Record<Severity, readonly Channel[]>>>> = {
  raised: { warning: ['in_app', 'email'], critical: Channel.enum },
  resolved: { warning: ['in_app', 'email'], critical: ['in_app', 'email', 'push'] },
}

const newsOf = (
  what: What,
  {
    id,
    position,
    data: { severity, summary },
  }: {
    readonly id: AlertId
    readonly position: bigint
    readonly data: { readonly severity: Severity; readonly summary: string }
  },
) => ({ what, id, at: String(position), severity, summary })

/** Notifies all admins of an alert that was raised or resolved, once by each channel for news of its severity. */
export const tellAdmins = job({
  name: 'tell-admins',
  from: [alert],
  on: {
    AlertRaised: (event) => newsOf('raised', event),
    AlertResolved: (event) => newsOf('resolved', event),
  },
  run: async ({ what, id, at, severity, summary }, origin, { executor, readModels }) => {
    const { documents } = await readModels.find(accounts, {
      where: { status: 'ACTIVE', roleNames: { contains: 'admin' } },
      sort: ['id'],
      limit: mostAdmins,
      counted: false,
    })
    for (const { id: userId } of documents)
      for (const channel of channels[what][severity]) {
        const notificationId = derivedId(NotificationId, id, at, userId, channel)
        const answer = await executor.execute(
          notification,
          notificationId,
          {
            type: 'RequestNotification',
            data: {
              userId,
              channel,
              type: `alert_${what}`,
              subject: subjects[what][severity],
              text: what === 'raised' ? `${summary}.` : `It is over: ${summary}.`,
            },
          },
          derivedOrigin(origin, notificationId),
        )
        if (isRefusal(answer)) throw new Error(`The notification was refused: ${answer.refused}`)
      }
  },
  givenUp: { reportsNothing: 'the alert is on /ops and in the list of alerts all the same' },
})
