import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { Side, threshold, ThresholdBucket, ThresholdId } from '../domains/analytics/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Limits of metrics that stand. */
export const thresholds = projection({
  name: 'thresholds',
  store: 'mongo',
  within: 10_000,
  document: Fields({
    id: ThresholdId,
    metric: Type.String(),
    when: Side,
    value: Type.Integer({ minimum: 0 }),
    currency: Type.Optional(Type.String()),
    bucket: ThresholdBucket,
    createdBy: UserId,
    createdAt: Timestamp,
    /** The last breach: start of its bucket, and the value then. */
    breach: Type.Optional(Fields({ bucketStart: Timestamp, measured: Type.Integer() })),
  }),
  from: [threshold],
  key: 'id',
  beginsWith: [threshold],
  indexes: [['createdAt']],
}).rules({
  ThresholdSet: (_, { id, at, data }) => ({ id, ...data, createdAt: at }),
  ThresholdRemoved: () => undefined,
  MetricThresholdBreached: (document, { data: { bucketStart, measured } }) =>
    document && { ...document, breach: { bucketStart, measured } },
})
