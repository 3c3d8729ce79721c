import { end, only, saga, send, type Step } from '#kernel'
import { notification, notificationIdOf, templated } from '../domains/notifications/language.ts'
import { review, type ReviewId } from '../domains/reviews/language.ts'
import type { OrderId, UserId } from '../domains/shared/index.ts'
import type { News } from './wording.ts'

/** Notifies the reviewed person in the app and by mail, once everybody can read the review. */
export const reviewed = saga({
  name: 'reviewed',
  subject: 'Reviewed',
  from: [review],
  to: [only(notification, 'RequestNotification')],
  key: ({ id, data }) =>
    'reviewedId' in data && !('sealed' in data && data.sealed) ? id : undefined,
}).rules<null>({
  initialState: null,
  on: {
    ReviewCreated: (_, { id, data: { orderId, reviewedId, rating } }) =>
      end(null, ...tell(id, orderId, reviewedId, gigNews(rating))),
    ReviewRevealed: (_, { id, data: { orderId, reviewedId, rating } }) =>
      end(null, ...tell(id, orderId, reviewedId, personNews(rating))),
  },
})

const gigNews = (rating: number): News =>
  templated('review_received.gig', { rating: String(rating) })

const personNews = (rating: number): News =>
  templated('review_received.person', { rating: String(rating) })

const tell = (
  id: ReviewId,
  orderId: OrderId | undefined,
  userId: UserId | undefined,
  news: News,
): readonly Step[] =>
  orderId === undefined || userId === undefined
    ? []
    : (['in_app', 'email'] as const).map((channel) =>
        send(
          notification,
          notificationIdOf(orderId, news.type, channel, id),
          'RequestNotification',
          { userId, channel, orderId, ...news },
        ),
      )
