import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { Channel, promotion, PromotionId, Segment } from '../domains/notifications/language.ts'
import { Text, UserId } from '../domains/shared/index.ts'

/** Promotions, with how far each has come. */
export const promotions = projection({
  name: 'promotions',
  store: 'postgres',
  within: 5_000,
  document: Fields({
    id: PromotionId,
    segment: Segment,
    channel: Channel,
    subject: Text(1, 255),
    text: Text(1, 10_000),
    publishedBy: UserId,
    status: Type.Enum(['RUNNING', 'PAUSED', 'FINISHED']),
    /** Number of users in the segment at the beginning. */
    recipients: Type.Integer({ minimum: 0 }),
    /** Number of users for whom a notification was requested. */
    requested: Type.Integer({ minimum: 0 }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [promotion],
  key: 'id',
  beginsWith: [promotion],
  indexes: [['createdAt'], ['status', 'createdAt']],
}).rules({
  PromotionPublished: (_, { id, at, data }) => ({
    id,
    ...data,
    status: 'RUNNING',
    requested: 0,
    createdAt: at,
    updatedAt: at,
  }),
  PromotionProgressed: (document, { at, data: { requested } }) =>
    document && { ...document, requested: document.requested + requested, updatedAt: at },
  PromotionPaused: (document, { at }) =>
    document && { ...document, status: 'PAUSED', updatedAt: at },
  PromotionResumed: (document, { at }) =>
    document && { ...document, status: 'RUNNING', updatedAt: at },
  PromotionFinished: (document, { at }) =>
    document && { ...document, status: 'FINISHED', updatedAt: at },
})
