import { Type, type Static } from 'typebox'
import { Fields, projection, type EventOf } from '#kernel'
import {
  activity,
  activityKind,
  slotOf,
  type Count,
  type Dimensions,
} from '../domains/analytics/language.ts'
import { product } from '../domains/catalog/language.ts'
import { message } from '../domains/chat/language.ts'
import { gig } from '../domains/gigs/language.ts'
import { account, session } from '../domains/identity/language.ts'
import { media } from '../domains/media/language.ts'
import { gigOrder, order } from '../domains/ordering/language.ts'
import { payment } from '../domains/payments/language.ts'
import { comment, like, post } from '../domains/posts/language.ts'
import { follow } from '../domains/profiles/language.ts'
import { review } from '../domains/reviews/language.ts'

/** A quarter of an hour in which something was counted: its number in the day, from 0. Amounts are in minor units. */
const Counted = Fields({
  slot: Type.Integer({ minimum: 0, maximum: 95 }),
  count: Type.Integer(),
  amount: Type.Integer(),
})
type Counted = Static<typeof Counted>

const MetricDay = Fields({
  /** Metric, day and dimensions. */
  id: Type.String(),
  metric: Type.String(),
  /** `2030-01-31`, in UTC. */
  day: Type.String(),
  /** Values of the metric's dimensions by their names. */
  dimensions: Type.Record(Type.String(), Type.String()),
  /** In their order; those without a count are left out. */
  slots: Type.Array(Counted, { maxItems: 96 }),
})
type MetricDay = Static<typeof MetricDay>

const from = [
  account,
  session,
  product,
  gig,
  order,
  gigOrder,
  payment,
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

/** What an event adds to metrics. Its data name all that their sums need, so that they are exact after every replay. */
const countsOf = (event: Event): readonly Count[] => {
  const { at } = event
  const one = (
    metric: Count['metric'],
    dimensions: Dimensions = {},
    amount = 0,
  ): readonly Count[] => [{ metric, dimensions, at, count: 1, amount }]
  const money = (
    metric: Count['metric'],
    kind: 'product' | 'gig',
    { amount, currency }: { readonly amount: number; readonly currency: string },
  ) => one(metric, { currency, kind }, amount)
  switch (event.type) {
    case 'UserRegistered':
      return one('registrations')
    case 'UserLoggedIn':
      return one('sign_ins')
    case 'ProductCreated':
      return one('products_created')
    case 'GigCreated':
      return one('gigs_created')
    case 'OrderPlaced':
      return money('orders_placed', 'product', event.data.total)
    case 'GigOrderPlaced':
      return money('orders_placed', 'gig', event.data.price)
    case 'OrderCancelled':
      return one('orders_ended', { status: 'CANCELLED', kind: 'product' })
    case 'OrderRejected':
      return one('orders_ended', { status: 'REJECTED', kind: 'product' })
    case 'GigOrderCancelled':
      return one('orders_ended', { status: 'CANCELLED', kind: 'gig' })
    case 'OrderRefunded':
      return money('refunds', 'product', event.data.amount)
    case 'GigOrderRefunded':
      return money('refunds', 'gig', event.data.amount)
    case 'PaymentFailed':
      return one('payments_failed')
    case 'ReviewCreated':
      return one('reviews', { subjectType: event.data.subjectType })
    case 'PostCreated':
      return one('posts')
    case 'CommentCreated':
      return one('comments')
    case 'PostLiked':
      return one('likes')
    case 'PostUnliked':
      return one('unlikes')
    case 'MessageSent':
      return one('messages')
    case 'UserFollowed':
      return one('follows')
    case 'MediaUploaded':
      return one('uploads', { kind: event.data.kind })
    case 'ActivityTracked':
      return event.data.items.flatMap(({ eventType, timestamp, results }) => {
        const tracked = { at: timestamp, count: 1, amount: 0 }
        // By kind: the documents of a day are as many as there are kinds, whatever clients send.
        const kind = activityKind(eventType)
        const activities = {
          metric: 'activity',
          dimensions: { eventType: kind },
          ...tracked,
        } as const
        if (kind !== 'search') return [activities]
        const found = results === undefined ? 'unknown' : results > 0 ? 'yes' : 'no'
        return [activities, { metric: 'searches', dimensions: { found }, ...tracked } as const]
      })
    default:
      return []
  }
}

/** Key of the document that a count is in. */
const keyOf = ({ metric, dimensions, at }: Count): string =>
  [metric, slotOf(at).day, ...Object.values(dimensions)].join('/')

const plus = (slots: readonly Counted[], slot: number, { count, amount }: Count): Counted[] => {
  const index = slots.findIndex((one) => one.slot >= slot)
  const found = slots[index]
  if (found?.slot === slot)
    return slots.with(index, { slot, count: found.count + count, amount: found.amount + amount })
  return slots.toSpliced(index < 0 ? slots.length : index, 0, { slot, count, amount })
}

const counted = (
  document: MetricDay | undefined,
  event: Event,
  key: string,
): MetricDay | undefined =>
  countsOf(event)
    .filter((count) => keyOf(count) === key)
    .reduce<MetricDay | undefined>((before, count) => {
      const { metric, dimensions, at } = count
      const { day, slot } = slotOf(at)
      const { slots } = before ?? { slots: [] }
      return { id: key, metric, day, dimensions, slots: plus(slots, slot, count) }
    }, document)

/**
 * Sums of metrics by quarters of an hour, a document for each metric, day in UTC and values of its dimensions: hours and
 * days of every time zone are made of them.
 */
export const metricDays = projection({
  name: 'metric_days',
  version: 2,
  store: 'mongo',
  within: 60_000,
  document: MetricDay,
  from,
  key: (event) => [...new Set(countsOf(event).map(keyOf))],
  delay: 200,
  indexes: [['metric', 'day']],
}).rules({
  UserRegistered: counted,
  UserLoggedIn: counted,
  ProductCreated: counted,
  GigCreated: counted,
  OrderPlaced: counted,
  GigOrderPlaced: counted,
  OrderCancelled: counted,
  OrderRejected: counted,
  GigOrderCancelled: counted,
  OrderRefunded: counted,
  GigOrderRefunded: counted,
  PaymentFailed: counted,
  ReviewCreated: counted,
  PostCreated: counted,
  CommentCreated: counted,
  PostLiked: counted,
  PostUnliked: counted,
  MessageSent: counted,
  UserFollowed: counted,
  MediaUploaded: counted,
  ActivityTracked: counted,
})
