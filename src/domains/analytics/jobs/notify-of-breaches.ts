import { derivedId, isRefusal } from '#kernel'
import { accounts } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { notification } from '../../notifications/language.ts'
import { NotificationId } from '../../shared/index.ts'
import { threshold } from '../language.ts'

/** Most admins who are notified. */
const mostAdmins = 100

/** Notifies all admins of a breached threshold, in the app. */
export const notifyOfBreaches = job({
  name: 'notify-of-breaches',
  from: [threshold],
  on: {
    MetricThresholdBreached: ({ id, data: { metric, when, bucketStart } }) => ({
      thresholdId: id,
      metric,
      when,
      bucketStart,
    }),
  },
  run: async ({ thresholdId, metric, when, bucketStart }, origin, { executor, readModels }) => {
    const { documents } = await readModels.find(accounts, {
      where: { roleNames: { contains: 'admin' }, status: 'ACTIVE' },
      sort: ['createdAt'],
      limit: mostAdmins,
      counted: false,
    })
    for (const { id: userId, roles } of documents) {
      if (!roles.includes('admin')) continue
      const requested = await executor.execute(
        notification,
        derivedId(NotificationId, thresholdId, bucketStart, userId),
        {
          type: 'RequestNotification',
          data: {
            userId,
            channel: 'in_app',
            type: 'metric_threshold_breached',
            subject: 'A metric has passed its limit',
            text: `${metric} is ${when} its limit since ${bucketStart}.`,
          },
        },
        derivedOrigin(origin, userId),
      )
      if (isRefusal(requested))
        throw new Error(`The notification was refused: ${requested.refused}`)
    }
  },
  givenUp: { reportsNothing: 'the list of thresholds shows the breach' },
})
