import { Type } from 'typebox'

/** What a metric counts, and by what it can be grouped. */
type Described = {
  readonly about: string
  /** Names of its dimensions. */
  readonly groups: readonly string[]
  /** Whether it sums money as well, which is always grouped by currency. */
  readonly money?: true
}

/** All metrics by name. */
const metrics = {
  sales: {
    about: 'Orders by the moment that their money was taken, with their totals',
    groups: ['currency', 'kind'],
    money: true,
  },
  products_sold: {
    about: 'Pieces of products in paid orders, with their prices',
    groups: ['productId', 'currency'],
    money: true,
  },
  gigs_sold: {
    about: 'Completed orders of gigs, with their prices',
    groups: ['gigId', 'currency'],
    money: true,
  },
  orders_placed: {
    about: 'Placed orders, with their totals',
    groups: ['currency', 'kind'],
    money: true,
  },
  orders_ended: { about: 'Orders that were cancelled or rejected', groups: ['status', 'kind'] },
  refunds: { about: 'Refunds of orders', groups: ['currency', 'kind'], money: true },
  payments_failed: { about: 'Failed payments', groups: [] },
  registrations: { about: 'New accounts', groups: [] },
  sign_ins: { about: 'Sign-ins', groups: [] },
  active_people: { about: 'People who did something, each once in a bucket', groups: [] },
  activity: {
    about: 'Activities that clients have reported, by kind',
    groups: ['eventType'],
  },
  searches: { about: 'Searches that clients have reported', groups: ['found'] },
  products_created: { about: 'New products', groups: [] },
  gigs_created: { about: 'New gigs', groups: [] },
  reviews: { about: 'Reviews', groups: ['subjectType'] },
  posts: { about: 'Posts', groups: [] },
  comments: { about: 'Comments', groups: [] },
  likes: { about: 'Likes', groups: [] },
  unlikes: { about: 'Likes that were taken back', groups: [] },
  messages: { about: 'Messages of conversations', groups: [] },
  follows: { about: 'Follows', groups: [] },
  uploads: { about: 'Uploaded files', groups: ['kind'] },
} as const satisfies Readonly<Record<string, Described>>

/** Name of a metric. */
export type MetricName = keyof typeof metrics

const isMetric = (name: string): name is MetricName => Object.hasOwn(metrics, name)

/** All names of metrics. */
export const metricNames: readonly MetricName[] = Object.keys(metrics).filter(isMetric)

/** Schema of the name of a metric. */
export const MetricName = Type.Unsafe<MetricName>(Type.Enum([...metricNames]))

/** Returns the description of a metric. */
export const metricOf = (name: MetricName): Described => metrics[name]

/** A value of a metric by its dimensions. */
export type Dimensions = Readonly<Record<string, string>>

/** Something that a metric counts, at a moment. Amounts are in minor units of the dimension `currency`. */
export type Count = {
  readonly metric: MetricName
  readonly dimensions: Dimensions
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly count: number
  readonly amount: number
}
