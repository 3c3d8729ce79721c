import { reviews } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import {
  Channel,
  notification,
  notificationIdOf,
  reviewNewsType,
} from '../notifications/language.ts'
import { review } from './language.ts'

/**
 * Makes the reviews of a person anonymous: their texts are erased, and the ratings stay. The person's answers to reviews
 * are erased, and notifications of reviews, which a saga may still be about to request.
 */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const written = await forEachDocument(
    readModels,
    reviews,
    { where: { authorId: userId } },
    async ({ id }) => {
      const command = { type: 'ForgetAuthor' as const, data: {} }
      await execute(review, id, command, derivedOrigin(origin, id, 'author'))
    },
  )
  let answers = 0
  await forEachDocument(
    readModels,
    reviews,
    { where: { reviewedId: userId } },
    async ({ id, orderId, answer }) => {
      const command = { type: 'ForgetAnswer' as const, data: {} }
      await execute(review, id, command, derivedOrigin(origin, id, 'answer'))
      if (answer) answers += 1
      if (orderId === undefined) return
      for (const channel of Channel.enum) {
        const of = notificationIdOf(orderId, reviewNewsType, channel, id)
        const forget = { type: 'ForgetNotification' as const, data: {} }
        await execute(notification, of, forget, derivedOrigin(origin, of))
      }
    },
  )
  return { awaited: 0, counts: { reviews: written, answers } }
}
