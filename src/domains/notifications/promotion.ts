import { Type, type Static } from 'typebox'
import { decider, Fields, Id, patternMessage, refuse, saysNo, Timestamp } from '#kernel'
import { Name, Paragraphs, Role, Text, UserId } from '../shared/index.ts'
import { Channel } from './notification.ts'

/** Id of a promotion. */
export const PromotionId = Id('PromotionId')
export type PromotionId = Static<typeof PromotionId>

/** Users that a promotion is for, of those who agreed to advertisements; each field narrows them down. */
export const Segment = Fields({
  role: Type.Optional(Role),
  /** Users who have signed in since. */
  activeSince: Type.Optional(Timestamp),
  /** Users with an order, any of theirs, that went there. */
  country: Type.Optional(
    patternMessage(
      'must be the code of a country in ISO 3166-1, such as DE',
      Type.String({ pattern: '^[A-Z]{2}$' }),
    ),
  ),
})
export type Segment = Static<typeof Segment>

const Count = Type.Integer({ minimum: 0 })

const content = {
  segment: Segment,
  channel: Channel,
  subject: Name(1, 255),
  text: Paragraphs(1, 10_000),
  /** Number of users in the segment at the beginning. */
  recipients: Count,
  publishedBy: UserId,
}
const recorded = { ...content, subject: Text(1, 255), text: Text(1, 10_000) }

/** What a promotion says, to whom, and how far it has come. */
export type PublishedPromotion = Pick<
  Static<ReturnType<typeof Fields<typeof recorded>>>,
  'segment' | 'channel' | 'subject' | 'text'
> & {
  readonly requested: number
  /** The last user who was reached, in order of their ids; undefined at the beginning. */
  readonly after?: UserId
}

type State =
  | { readonly status: 'none' }
  | ({ readonly status: 'running' | 'paused' | 'finished' } & PublishedPromotion)

/**
 * An advertisement to a segment of users. It goes out in batches, in order of the users' ids: each records how far it has
 * come, so that a promotion continues there after a pause or a crash.
 */
export const promotion = decider({
  name: 'promotion',
  id: PromotionId,

  commands: {
    PublishPromotion: Fields(content, { description: 'Send an advertisement to a segment.' }),
    RecordBatch: Fields(
      { from: Type.Optional(UserId), after: UserId, requested: Count },
      { description: 'Record that the users between two ids were reached.' },
    ),
    PausePromotion: Fields({}, { description: 'Stop after the present batch, until it resumes.' }),
    ResumePromotion: Fields({}, { description: 'Continue where it was paused.' }),
    FinishPromotion: Fields(
      { from: Type.Optional(UserId) },
      { description: 'Record that all users were reached.' },
    ),
  },

  events: {
    PromotionPublished: Fields(recorded),
    PromotionProgressed: Fields({ after: UserId, requested: Count }),
    PromotionPaused: Fields({}),
    PromotionResumed: Fields({}),
    PromotionFinished: Fields({}),
  },

  refusals: {
    NoSuchPromotion: saysNo.notFound('There is no such promotion.'),
    AlreadyFinished: 'This promotion has reached everybody.',
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    PublishPromotion: (data, { status }) =>
      status === 'none'
        ? [
            { type: 'PromotionPublished', data },
            ...(data.recipients === 0 ? [{ type: 'PromotionFinished', data: {} } as const] : []),
          ]
        : [],
    // A batch of a process that has lost its lease meanwhile changes nothing: the other one has come further.
    RecordBatch: ({ from, after, requested }, state) => {
      if (state.status === 'none') return refuse('NoSuchPromotion')
      return state.after === from && state.status !== 'finished'
        ? [{ type: 'PromotionProgressed', data: { after, requested } }]
        : []
    },
    PausePromotion: (_, { status }) => {
      if (status === 'none') return refuse('NoSuchPromotion')
      if (status === 'finished') return refuse('AlreadyFinished')
      return status === 'paused' ? [] : [{ type: 'PromotionPaused', data: {} }]
    },
    ResumePromotion: (_, { status }) => {
      if (status === 'none') return refuse('NoSuchPromotion')
      if (status === 'finished') return refuse('AlreadyFinished')
      return status === 'paused' ? [{ type: 'PromotionResumed', data: {} }] : []
    },
    FinishPromotion: ({ from }, state) => {
      if (state.status === 'none') return refuse('NoSuchPromotion')
      return state.status === 'running' && state.after === from
        ? [{ type: 'PromotionFinished', data: {} }]
        : []
    },
  },

  evolve: {
    PromotionPublished: (_, { segment, channel, subject, text }) => ({
      status: 'running',
      segment,
      channel,
      subject,
      text,
      requested: 0,
    }),
    PromotionProgressed: (state, { after, requested }) =>
      state.status === 'none' ? state : { ...state, after, requested: state.requested + requested },
    PromotionPaused: (state) => (state.status === 'none' ? state : { ...state, status: 'paused' }),
    PromotionResumed: (state) =>
      state.status === 'none' ? state : { ...state, status: 'running' },
    PromotionFinished: (state) =>
      state.status === 'none' ? state : { ...state, status: 'finished' },
  },
})
