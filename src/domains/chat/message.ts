import { Type, type Static } from 'typebox'
import {
  about,
  decider,
  Fields,
  Id,
  isRefusal,
  minutes,
  personal,
  refuse,
  saysNo,
  Timestamp,
  type Refusal,
} from '#kernel'
import { MediaId, Paragraphs, Text, UserId } from '../shared/index.ts'
import { MediaChange, mediaEnd } from '../shared/media-change.ts'
import { ConversationId } from './conversation.ts'

export const MessageId = Id('MessageId')
export type MessageId = Static<typeof MessageId>

/** Maximum length of a message, in characters. */
const maxLength = 4_000

/** How long an author may edit or withdraw a message, in ms. */
const changeable = minutes(15)

/** The text of a message. */
export const MessageText = Paragraphs(1, maxLength)

/** Files of a message. */
export const MessageMedia = Type.Array(MediaId, { minItems: 1, maxItems: 10, uniqueItems: true })

const parties = { conversationId: ConversationId, senderId: UserId, recipientId: UserId }
const author = { senderId: UserId }
const recordedText = personal(Text(1, maxLength))

type Sent = {
  readonly status: 'sent' | 'withdrawn' | 'forgotten'
  readonly conversationId: ConversationId
  readonly senderId: UserId
  readonly recipientId: UserId
  readonly sentAt: string
  readonly mediaIds?: readonly MediaId[]
}
type State = { readonly status: 'none' } | Sent

/**
 * A message of a conversation, in a stream of its own: to send, edit or withdraw one costs the same however many there
 * are. Its text is sealed with the key of its sender.
 */
export const message = decider({
  name: 'message',
  id: MessageId,

  commands: {
    SendMessage: Fields(
      {
        ...parties,
        text: Type.Optional(MessageText),
        mediaIds: Type.Optional(MessageMedia),
      },
      { description: 'Send a message: a text, files, or both.' },
    ),
    EditMessage: Fields({ ...author, text: MessageText }, { description: 'Change the text.' }),
    WithdrawMessage: Fields(author, { description: 'Withdraw a message.' }),
    ForgetMessage: Fields({}, { description: 'Forget a message, as its sender has left.' }),
  },

  events: {
    MessageSent: about(
      'senderId',
      Fields({
        ...parties,
        text: Type.Optional(recordedText),
        mediaIds: Type.Optional(MessageMedia),
        sentAt: Timestamp,
      }),
    ),
    MessageEdited: about('senderId', Fields({ ...parties, text: recordedText })),
    MessageWithdrawn: Fields({ ...parties, sentAt: Timestamp }),
    MessageForgotten: Fields({ ...parties, sentAt: Timestamp }),
    /** Comes before the withdrawal. */
    MessageMediaChanged: MediaChange,
  },

  refusals: {
    EmptyMessage: saysNo.invalid('A message needs a text, files, or both.'),
    NoSuchMessage: saysNo.notFound('There is no such message.'),
    NotAuthor: saysNo.forbidden('Only its author changes a message.'),
    TooLate: 'A message can be changed for 15 minutes.',
    AlreadyWithdrawn: 'This message was withdrawn.',
  },
}).rules<State>({
  initialState: { status: 'none' },
  stateVersion: 2,

  decide: {
    SendMessage: (data, { status }, { now }) => {
      if (status !== 'none') return []
      if (data.text === undefined && data.mediaIds === undefined) return refuse('EmptyMessage')
      return [{ type: 'MessageSent', data: { ...data, sentAt: now } }]
    },
    EditMessage: ({ senderId, text }, state, { now }) => {
      const own = changeableBy(senderId, state, now)
      if (isRefusal(own)) return own
      if (own.status === 'withdrawn') return refuse('AlreadyWithdrawn')
      const { conversationId, recipientId } = own
      return [{ type: 'MessageEdited', data: { conversationId, senderId, recipientId, text } }]
    },
    WithdrawMessage: ({ senderId }, state, { now }) => {
      const own = changeableBy(senderId, state, now)
      if (isRefusal(own)) return own
      if (own.status === 'withdrawn') return []
      const files = mediaEnd(own.mediaIds ?? [])
      return [
        ...(files ? [{ type: 'MessageMediaChanged' as const, data: files }] : []),
        { type: 'MessageWithdrawn', data: endOf(own) },
      ]
    },
    ForgetMessage: (_, state) =>
      state.status === 'none' || state.status === 'forgotten'
        ? []
        : [{ type: 'MessageForgotten', data: endOf(state) }],
  },

  evolve: {
    MessageSent: (_, { conversationId, senderId, recipientId, sentAt, mediaIds }) => ({
      status: 'sent',
      conversationId,
      senderId,
      recipientId,
      sentAt,
      ...(mediaIds && { mediaIds }),
    }),
    MessageMediaChanged: (state) => state,
    MessageEdited: (state) => state,
    MessageWithdrawn: (state) => become(state, 'withdrawn'),
    MessageForgotten: (state) => become(state, 'forgotten'),
  },
})

/** Returns a message that a user may change now: its author, for a while. */
const changeableBy = (
  senderId: UserId,
  state: State,
  now: string,
): Sent | Refusal<'NoSuchMessage' | 'NotAuthor' | 'TooLate'> => {
  if (state.status === 'none' || state.status === 'forgotten') return refuse('NoSuchMessage')
  if (state.senderId !== senderId) return refuse('NotAuthor')
  return Date.parse(now) - Date.parse(state.sentAt) > changeable ? refuse('TooLate') : state
}

const endOf = ({ conversationId, senderId, recipientId, sentAt }: Sent) => ({
  conversationId,
  senderId,
  recipientId,
  sentAt,
})

const become = (state: State, status: Sent['status']): State =>
  state.status === 'none' ? state : { ...state, status }
