import { Type, type Static } from 'typebox'
import { decider, Fields, Id, personal, refuse, saysNo, Timestamp } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Id of a batch of activities. */
export const ActivityId = Id('ActivityId')
export type ActivityId = Static<typeof ActivityId>

/** Number of activities of a batch. */
export const mostActivities = 100

/** Age of the oldest activity that is accepted, and how far clocks of clients may be ahead, in ms. */
export const activityAge = { most: 7 * 24 * 60 * 60_000, ahead: 5 * 60_000 } as const

/** Kind of an activity, as a client names it: `product_view`. */
export const EventType = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.:-]{0,63}$' })

/** What a client says about an activity. */
export const Metadata = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  maxProperties: 50,
})

/**
 * Something that happened at a client. What metrics need is in clear beside the metadata; these, and names that Agora does
 * not declare, are personal: they show what a person looked at.
 */
export const Activity = Fields({
  /** A declared name, or `other`. */
  eventType: EventType,
  /** The name that the client gave, where it is not `eventType`. */
  name: Type.Optional(personal(EventType)),
  timestamp: Timestamp,
  /** Number of hits of a search. */
  results: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  metadata: Type.Optional(personal(Metadata)),
})
export type Activity = Static<typeof Activity>

const batch = {
  userId: UserId,
  items: Type.Array(Activity, { minItems: 1, maxItems: mostActivities }),
}

type State =
  | { readonly status: 'none' }
  | { readonly status: 'forgotten' }
  | { readonly status: 'tracked'; readonly userId: UserId; readonly count: number }

/**
 * Activities of a user that a client has reported together: one event for a batch, in a stream of its own, so that the
 * log holds few events and no stream grows.
 */
export const activity = decider({
  name: 'activity',
  id: ActivityId,

  commands: {
    TrackActivity: Fields(batch, { description: 'Record what a user did at a client.' }),
    ForgetActivity: Fields(
      {},
      { description: 'Forget what a user did at a client; the counts stay.' },
    ),
  },

  events: {
    ActivityTracked: Fields(batch),
    /** `count` is the number of activities of the batch. */
    ActivityForgotten: Fields({ userId: UserId, count: Type.Integer({ minimum: 1 }) }),
  },

  refusals: {
    TooOld: saysNo.invalid('An activity is older than 7 days; it is not tracked any more.'),
    InFuture: saysNo.invalid('An activity is in the future; correct the clock of the client.'),
    NoSuchActivity: saysNo.notFound('There is no such activity.'),
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    TrackActivity: (data, { status }, { now }) => {
      if (status !== 'none') return []
      const ages = data.items.map(({ timestamp }) => Date.parse(now) - Date.parse(timestamp))
      if (ages.some((age) => age > activityAge.most)) return refuse('TooOld')
      if (ages.some((age) => age < -activityAge.ahead)) return refuse('InFuture')
      return [{ type: 'ActivityTracked', data }]
    },
    ForgetActivity: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchActivity')
      if (state.status === 'forgotten') return []
      const { userId, count } = state
      return [{ type: 'ActivityForgotten', data: { userId, count } }]
    },
  },

  evolve: {
    ActivityTracked: (_, { userId, items }) => ({
      status: 'tracked',
      userId,
      count: items.length,
    }),
    ActivityForgotten: () => ({ status: 'forgotten' }),
  },
})
