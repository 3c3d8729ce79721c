import { Type } from 'typebox'
import { Fields, timeAt } from '#kernel'
import { minPositionOf, Fresh } from '../../../serving/lists.ts'
import { invalid } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { Bucket, MetricName, metricNames, metricOf } from '../language.ts'
import { asked, askedRange } from '../services/asked-range.ts'
import { cachedAnswer } from '../services/cached-answer.ts'
import { groupsBy } from '../services/counted.ts'
import { Dashboard, dashboardOf } from '../services/dashboard.ts'
import { answeredFrom, lifeOf } from '../services/reads.ts'
import { SeriesPoint, seriesOf } from '../services/series.ts'

const Series = Type.Object({
  name: MetricName,
  bucket: Bucket,
  groupBy: Type.Optional(Type.String()),
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time', description: 'The first moment after the range' }),
  timeZone: Type.String(),
  series: Type.Array(SeriesPoint, { description: 'Buckets without a value are left out' }),
})

const about = metricNames
  .map((name) => {
    const { about: text, groups } = metricOf(name)
    return `\`${name}\`: ${text}${groups.length > 0 ? ` (by ${groups.join(', ')})` : ''}`
  })
  .join('; ')

/** Routes of the dashboard and of metrics. */
export const dashboardRoutes = [
  route({
    method: 'GET',
    url: '/analytics/dashboard',
    access: 'analyst',
    operationId: 'getDashboard',
    summary: 'Figures of a range of time: sales, orders, funnel, best sellers, active people',
    description:
      'Days begin in the time zone. Amounts are exact, in minor units by currency. Answers may be two seconds old, or a minute if the range has been over for an hour; up to five times as long where they took long to compute. With `minPosition` they are computed anew.',
    query: Fields({ ...asked, ...Fresh.properties }),
    data: Dashboard,
    handle: async ({ query }, ports) => {
      const { from = '', to = '', timeZone = '' } = query
      const now = ports.clock().getTime()
      const range = askedRange(query, now)
      const minPosition = minPositionOf(query)
      return cachedAnswer(
        ports,
        Dashboard,
        {
          key: JSON.stringify(['dashboard', from, to, timeZone]),
          life: lifeOf(range, now),
          minPosition,
        },
        () => answeredFrom(ports.readModels, minPosition, (reads) => dashboardOf(reads, range)),
      )
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/metrics',
    access: 'analyst',
    operationId: 'getMetric',
    summary: 'A metric over time, by hour, day, week or month, and by one of its dimensions',
    description: `Metrics: ${about}. Money is by currency in any case. Hours and days are those of the time zone, and begin with a quarter of an hour.`,
    query: Fields({
      name: MetricName,
      groupBy: Type.Optional(
        Type.String({ pattern: '^[A-Za-z]{1,40}$', description: 'A dimension of the metric' }),
      ),
      bucket: Type.Optional(Type.Enum([...Bucket.enum], { default: 'day' })),
      ...asked,
      ...Fresh.properties,
    }),
    data: Series,
    handle: async ({ query }, ports) => {
      const { name, groupBy, bucket = 'day', from = '', to = '', timeZone = '' } = query
      if (groupBy !== undefined && !groupsBy(name, groupBy))
        throw invalid('groupBy', `must be a dimension of ${name}: ${dimensionsOf(name)}`)
      const now = ports.clock().getTime()
      const range = askedRange(query, now)
      const minPosition = minPositionOf(query)
      return cachedAnswer(
        ports,
        Series,
        {
          key: JSON.stringify(['metric', name, groupBy, bucket, from, to, timeZone]),
          life: lifeOf(range, now),
          minPosition,
        },
        () =>
          answeredFrom(ports.readModels, minPosition, async (reads) => ({
            name,
            bucket,
            ...(groupBy !== undefined && { groupBy }),
            from: timeAt(range.from),
            to: timeAt(range.to),
            timeZone: range.timeZone,
            series: [...(await seriesOf(reads, { metric: name, bucket, groupBy, range }))],
          })),
      )
    },
  }),
]

const dimensionsOf = (name: MetricName): string => metricOf(name).groups.join(', ') || 'it has none'
