import { Type, type Static } from 'typebox'
import { decider, Fields, Id, Nothing, refuse, saysNo, Timestamp } from '#kernel'
import { UserId } from '../shared/index.ts'
import { MetricName, metricOf } from './metric.ts'

/** Id of a threshold. */
export const ThresholdId = Id('ThresholdId')
export type ThresholdId = Static<typeof ThresholdId>

/** Number of thresholds that stand; all are compared every half a minute. */
export const mostThresholds = 100

/** On which side of its value a threshold is breached. */
export const Side = Type.Enum(['above', 'below'])
export type Side = Static<typeof Side>

/** Length of the buckets that a threshold is compared in, in UTC. */
export const ThresholdBucket = Type.Enum(['hour', 'day'])
export type ThresholdBucket = Static<typeof ThresholdBucket>

const Value = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const CurrencyCode = Type.String({ pattern: '^[A-Z]{3}$' })

const limits = {
  when: Side,
  /** A number, or an amount in minor units where there is a currency. */
  value: Value,
  /** Compares the sum in this currency, instead of the number. */
  currency: Type.Optional(CurrencyCode),
  bucket: ThresholdBucket,
}

/** Recorded metrics: some may be of another version. */
const RecordedMetric = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' })

const recorded = Fields({ metric: RecordedMetric, ...limits, createdBy: UserId })

type State =
  | { readonly status: 'none' | 'removed' }
  | ({ readonly status: 'set'; readonly breachedIn?: string } & Static<typeof recorded>)

/** A limit of a metric, about whose breach admins are notified: once in a bucket. */
export const threshold = decider({
  name: 'threshold',
  id: ThresholdId,

  commands: {
    SetThreshold: Fields(
      { metric: MetricName, ...limits, createdBy: UserId },
      { description: 'Set a limit of a metric.' },
    ),
    RemoveThreshold: Fields({}, { description: 'Remove the limit.' }),
    RecordBreach: Fields(
      { bucketStart: Timestamp, measured: Value },
      { description: 'Record that the metric has passed its limit in a bucket.' },
    ),
  },

  events: {
    ThresholdSet: recorded,
    ThresholdRemoved: Nothing,
    MetricThresholdBreached: Fields({
      metric: RecordedMetric,
      ...limits,
      bucketStart: Timestamp,
      measured: Value,
    }),
  },

  refusals: {
    NoSuchThreshold: saysNo.notFound('There is no such threshold.'),
    NoMoney: saysNo.invalid('This metric has no money; leave the currency out.'),
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    SetThreshold: (data, { status }) => {
      if (status !== 'none') return []
      if (data.currency !== undefined && !metricOf(data.metric).money) return refuse('NoMoney')
      return [{ type: 'ThresholdSet', data }]
    },
    RemoveThreshold: (_, { status }) => {
      if (status === 'none') return refuse('NoSuchThreshold')
      return status === 'removed' ? [] : [{ type: 'ThresholdRemoved', data: {} }]
    },
    RecordBreach: ({ bucketStart, measured }, state) => {
      if (state.status !== 'set') return refuse('NoSuchThreshold')
      if (state.breachedIn !== undefined && bucketStart <= state.breachedIn) return []
      const { status: _, breachedIn: __, createdBy: ___, ...limit } = state
      return [{ type: 'MetricThresholdBreached', data: { ...limit, bucketStart, measured } }]
    },
  },

  evolve: {
    ThresholdSet: (_, data) => ({ status: 'set', ...data }),
    ThresholdRemoved: () => ({ status: 'removed' }),
    MetricThresholdBreached: (state, { bucketStart }) =>
      state.status === 'set' ? { ...state, breachedIn: bucketStart } : state,
  },
})
