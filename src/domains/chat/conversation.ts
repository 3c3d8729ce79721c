import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, Id, refuse, saysNo, Timestamp } from '#kernel'
import { GigId, OrderId, UserId } from '../shared/index.ts'

export const ConversationId = Id('ConversationId')
export type ConversationId = Static<typeof ConversationId>

const topic = { gigId: Type.Optional(GigId), orderId: Type.Optional(OrderId) }

/** What a conversation may be about: a gig, an order, or neither. */
export type Topic = { readonly gigId?: GigId; readonly orderId?: OrderId }

/**
 * Returns the id of the conversation of two users, the same for both. They have one for each gig and order, and one about
 * neither.
 */
export const conversationIdOf = (
  one: UserId,
  other: UserId,
  { gigId = '', orderId = '' }: { readonly gigId?: string; readonly orderId?: string },
): ConversationId =>
  derivedId(ConversationId, 'conversation', ...[one, other].toSorted(), gigId, orderId)

/** Up to when messages have reached a participant and were read by them, and the mark of the last notice. */
type Marks = {
  readonly delivered?: string
  readonly read?: string
  /** The read mark at the last notice; empty when nothing had been read. Undefined without a notice. */
  readonly noticedAt?: string
  readonly hasLeft?: true
}

type Open = {
  readonly status: 'open'
  readonly participants: readonly [UserId, UserId]
  readonly marks: Readonly<Record<string, Marks>>
}
type State = { readonly status: 'none' } | Open

/** Time of a message, as `sentAt`: the mark covers it and all before it. */
const upTo = Timestamp
const mark = { userId: UserId, upTo }
/** A mark that the other participant does not learn of, as one of the two blocks the other. */
const shownOrHidden = { ...mark, hidden: Type.Optional(Type.Literal(true)) }

/**
 * A conversation of two users: who takes part, and how far each has received and read. Its messages have streams of their
 * own, so that its state does not grow with them.
 */
export const conversation = decider({
  name: 'conversation',
  id: ConversationId,

  commands: {
    StartConversation: Fields(
      { startedBy: UserId, participantId: UserId, ...topic, sellerId: Type.Optional(UserId) },
      { description: 'Start a conversation with another user.' },
    ),
    MarkDelivered: Fields(shownOrHidden, {
      description: 'Record that messages have reached a participant.',
    }),
    MarkMessagesRead: Fields(shownOrHidden, {
      description: 'Record that a participant has read messages.',
    }),
    RecordNotice: Fields(mark, {
      description: 'Record that an absent participant was notified of messages.',
    }),
    LeaveConversation: Fields(
      { userId: UserId },
      { description: 'Record that a participant has left Agora.' },
    ),
  },

  events: {
    ConversationStarted: Fields({
      startedBy: UserId,
      participants: Type.Tuple([UserId, UserId]),
      ...topic,
      /** Whose gig it is about. */
      sellerId: Type.Optional(UserId),
    }),
    MessageDelivered: Fields({ ...shownOrHidden, otherId: UserId }),
    MessagesRead: Fields({ ...shownOrHidden, otherId: UserId }),
    AbsenceNoticed: Fields({ ...mark, otherId: UserId }),
    ParticipantLeft: Fields({ userId: UserId, otherId: UserId }),
  },

  refusals: {
    TalksToThemselves: saysNo.invalid('Nobody can talk to themselves; choose somebody else.'),
    NoSuchConversation: saysNo.notFound('There is no such conversation.'),
    NotParticipant: saysNo.forbidden('This conversation is between other users.'),
  },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    StartConversation: ({ startedBy, participantId, ...about }, { status }) => {
      if (startedBy === participantId) return refuse('TalksToThemselves')
      if (status === 'open') return []
      const data = { startedBy, participants: pairOf(startedBy, participantId), ...about }
      return [{ type: 'ConversationStarted', data }]
    },
    MarkDelivered: (data, state) => {
      const refused = refusalFor(state, data.userId)
      if (refused) return refuse(refused)
      const { delivered = '', read = '', hasLeft } = marksOf(state, data.userId)
      if (hasLeft || data.upTo <= delivered || data.upTo <= read) return []
      return [{ type: 'MessageDelivered', data: withOther(state, data) }]
    },
    MarkMessagesRead: (data, state) => {
      const refused = refusalFor(state, data.userId)
      if (refused) return refuse(refused)
      const { read = '', hasLeft } = marksOf(state, data.userId)
      if (hasLeft || data.upTo <= read) return []
      return [{ type: 'MessagesRead', data: withOther(state, data) }]
    },
    RecordNotice: (data, state) => {
      const refused = refusalFor(state, data.userId)
      if (refused) return refuse(refused)
      const { read = '', noticedAt, hasLeft } = marksOf(state, data.userId)
      if (hasLeft || noticedAt === read) return []
      return [{ type: 'AbsenceNoticed', data: withOther(state, data) }]
    },
    LeaveConversation: ({ userId }, state) => {
      const refused = refusalFor(state, userId)
      if (refused) return refuse(refused)
      if (marksOf(state, userId).hasLeft) return []
      return [{ type: 'ParticipantLeft', data: withOther(state, { userId }) }]
    },
  },

  evolve: {
    ConversationStarted: (_, { participants }) => ({ status: 'open', participants, marks: {} }),
    MessageDelivered: (state, { userId, upTo: delivered }) => marked(state, userId, { delivered }),
    MessagesRead: (state, { userId, upTo: read }) => marked(state, userId, { read }),
    AbsenceNoticed: (state, { userId }) =>
      marked(state, userId, { noticedAt: marksOf(state, userId).read ?? '' }),
    ParticipantLeft: (state, { userId }) => marked(state, userId, { hasLeft: true }),
  },
})

const pairOf = (one: UserId, other: UserId): [UserId, UserId] =>
  one < other ? [one, other] : [other, one]

/**
 * Returns the other participant of a conversation.
 * @returns undefined when there is no such conversation, or the user does not take part
 */
export const otherThan = (state: State, userId: UserId): UserId | undefined => {
  if (state.status === 'none') return undefined
  const [one, other] = state.participants
  return userId === one ? other : userId === other ? one : undefined
}

/** How far a participant of a conversation has received and read. */
const marksOf = (state: State, userId: UserId): Marks =>
  (state.status === 'open' && state.marks[userId]) || {}

/** Why a user has nothing to do with a conversation; undefined for a participant. */
const refusalFor = (state: State, userId: UserId) =>
  state.status === 'none'
    ? 'NoSuchConversation'
    : otherThan(state, userId) === undefined
      ? 'NotParticipant'
      : undefined

/** Adds the other participant to the data about one; called for participants only. */
const withOther = <D extends { readonly userId: UserId }>(state: State, data: D) => ({
  ...data,
  otherId: otherThan(state, data.userId) ?? data.userId,
})

const marked = (state: State, userId: UserId, marks: Marks): State =>
  state.status === 'none'
    ? state
    : { ...state, marks: { ...state.marks, [userId]: { ...state.marks[userId], ...marks } } }
