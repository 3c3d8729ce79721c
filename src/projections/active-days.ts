import { Type, type Static } from 'typebox'
import { Fields, projection, type EventOf } from '#kernel'
import { activity, slotOf } from '../domains/analytics/language.ts'
import { message } from '../domains/chat/language.ts'
import { account, session } from '../domains/identity/language.ts'
import { media } from '../domains/media/language.ts'
import { gigOrder, order } from '../domains/ordering/language.ts'
import { comment, like, post } from '../domains/posts/language.ts'
import { follow } from '../domains/profiles/language.ts'
import { review } from '../domains/reviews/language.ts'
import { UserId } from '../domains/shared/index.ts'

const ActiveDay = Fields({
  /** Day and user. */
  id: Type.String(),
  userId: UserId,
  /** `2030-01-31`, in UTC. */
  day: Type.String(),
  /** Quarters of an hour in which the user did something, by their numbers in the day, from 0, in order. */
  slots: Type.Array(Type.Integer({ minimum: 0, maximum: 95 }), { maxItems: 96 }),
  /** The quarter of an hour in which the user registered, where it was this day. */
  registered: Type.Optional(Type.Integer({ minimum: 0, maximum: 95 })),
})
type ActiveDay = Static<typeof ActiveDay>

const from = [
  account,
  session,
  order,
  gigOrder,
  review,
  post,
  comment,
  like,
  message,
  follow,
  media,
  activity,
] as const
type Event = EventOf<(typeof from)[number]>

/** Who did what an event says. */
const personOf = (event: Event): UserId | undefined => {
  switch (event.type) {
    case 'UserRegistered':
      return event.id
    case 'UserLoggedIn':
    case 'OrderPlaced':
    case 'GigOrderPlaced':
    case 'PostCreated':
    case 'CommentCreated':
    case 'PostLiked':
    case 'MediaUploaded':
    case 'ActivityTracked':
      return event.data.userId
    case 'GigOrderDelivered':
      return event.data.sellerId
    case 'ReviewCreated':
      return event.data.authorId
    case 'MessageSent':
      return event.data.senderId
    case 'UserFollowed':
      return event.data.followerId
    default:
      return undefined
  }
}

/** When the person did it: once, or several times for a batch. */
const timesOf = (event: Event): readonly string[] =>
  event.type === 'ActivityTracked' ? event.data.items.map(({ timestamp }) => timestamp) : [event.at]

const keyOf = (day: string, userId: string): string => `${day}/${userId}`

const active = (
  document: ActiveDay | undefined,
  event: Event,
  key: string,
): ActiveDay | undefined => {
  const userId = personOf(event)
  if (userId === undefined) return document
  const slots = timesOf(event)
    .map(slotOf)
    .filter(({ day }) => keyOf(day, userId) === key)
    .map(({ slot }) => slot)
  const before = document?.slots ?? []
  if (document && slots.every((slot) => before.includes(slot))) return document
  return {
    ...document,
    id: key,
    userId,
    day: key.slice(0, 10),
    slots: [...new Set([...before, ...slots])].toSorted((a, b) => a - b),
  }
}

/**
 * When people did something, a document for each day in UTC and user: distinct people of the days, weeks and months of
 * every time zone are counted by them.
 */
export const activeDays = projection({
  name: 'active_days',
  store: 'mongo',
  within: 60_000,
  document: ActiveDay,
  from,
  key: (event) => {
    const userId = personOf(event)
    if (userId === undefined) return undefined
    return [...new Set(timesOf(event).map((at) => keyOf(slotOf(at).day, userId)))]
  },
  delay: 200,
  indexes: [['day'], ['userId', 'day']],
}).rules({
  UserRegistered: (document, event, key) => {
    const now = active(document, event, key)
    return now && { ...now, registered: slotOf(event.at).slot }
  },
  UserLoggedIn: active,
  OrderPlaced: active,
  GigOrderPlaced: active,
  GigOrderDelivered: active,
  ReviewCreated: active,
  PostCreated: active,
  CommentCreated: active,
  PostLiked: active,
  MessageSent: active,
  UserFollowed: active,
  MediaUploaded: active,
  ActivityTracked: active,
})
