import { Type } from 'typebox'
import { Fields, Timestamp, type RecordedEvent } from '#kernel'
import { conversations, entryIdOf, messages } from '../../projections/index.ts'
import {
  AfterPosition,
  ask,
  channel,
  command,
  following,
  IdempotencyKey,
  Position,
  Presence,
  relay,
  subscription,
  tell,
  topic,
  unsubscription,
} from '../../serving/channel.ts'
import { textIn } from '../../serving/event-fields.ts'
import { lookAtPresent } from '../../runtime/resting-on.ts'
import { userRoom } from '../../serving/topic.ts'
import { isBlocked, mustNotBeBlocked } from '../profiles/services/contact.ts'
import { UserId } from '../shared/index.ts'
import { ConversationId, MessageId, MessageText } from './language.ts'
import { deliveryMarks } from './services/delivery-marks.ts'
import { messagesAfter } from './services/missed-messages.ts'
import { otherIn } from './services/participation.ts'
import { changedMessage, endedMessage, newMessage, pushes } from './services/pushed-messages.ts'
import { markRead } from './services/reading-marks.ts'
import { sendMessage } from './services/sending.ts'

const ConversationRef = Fields({ conversationId: ConversationId })

const roomOf = (conversationId: string): string => `conversation:${conversationId}`

const isSent = ({ type }: RecordedEvent): boolean => type === 'MessageSent'

const messageNews = topic({
  projection: messages,
  server: pushes,
  concerns: (event, { audience }) =>
    audience.isIn(roomOf(textIn(event, 'conversationId'))) ? event.id : undefined,
  tells: ({ changes, gone }) => {
    const pushed = [
      ...changes.flatMap(({ document, events }) =>
        events.map((event) =>
          isSent(event) ? newMessage(document) : changedMessage(document, event.position),
        ),
      ),
      ...gone.map(endedMessage),
    ]
    return pushed
      .filter((one) => one !== undefined)
      .map((one) => ({ ...one, to: roomOf(one.payload.conversationId) }))
      .toSorted((one, other) => (one.at < other.at ? -1 : 1))
  },
  afterwards: ({ changes }, { audience, ports }) => {
    for (const { document, events } of changes)
      for (const event of events.filter(isSent)) {
        const recipientId = textIn(event, 'recipientId')
        const { conversationId, sentAt } = document
        if (audience.hasUserIn(roomOf(conversationId), recipientId))
          // The event's schema has validated it.
          deliveryMarks(ports)(conversationId, recipientId as UserId, sentAt)
      }
  },
})

const Mark = Fields({
  conversationId: ConversationId,
  userId: UserId,
  upTo: Timestamp,
  position: Position,
})

const isStart = ({ type }: RecordedEvent): boolean => type === 'ConversationStarted'

/** Returns the participants of a conversation from its first event. */
const participantsOf = ({ data }: RecordedEvent): readonly string[] =>
  typeof data === 'object' &&
  data !== null &&
  'participants' in data &&
  Array.isArray(data.participants)
    ? data.participants.filter((one) => typeof one === 'string')
    : []

const conversationNews = topic({
  projection: conversations,
  server: {
    'conversation:new': tell(
      'A conversation of the user has begun; sockets join it to receive its messages.',
      Fields({ conversationId: ConversationId, position: Position }),
      ['ConversationStarted'],
    ),
    'message:delivered': tell('Messages up to a time have reached a participant.', Mark, [
      'MessageDelivered',
    ]),
    'message:read': tell('A participant has read the messages up to a time.', Mark, [
      'MessagesRead',
    ]),
  },
  concerns: (event, { audience }) => {
    if (isStart(event)) {
      const present = participantsOf(event).find((userId) => audience.isIn(userRoom(userId)))
      return present && entryIdOf(event.id, present)
    }
    return audience.isIn(roomOf(event.id))
      ? entryIdOf(event.id, textIn(event, 'userId'))
      : undefined
  },
  tells: ({ changes }) =>
    changes.flatMap(({ document: { conversationId, userId, otherId }, events }) =>
      events.map((event) => {
        const { type, position, data } = event
        if (isStart(event))
          return {
            name: 'conversation:new' as const,
            payload: { conversationId, position: String(position) },
            to: [userRoom(userId), userRoom(otherId)],
          }
        const isHidden = typeof data === 'object' && data !== null && 'hidden' in data
        // Not from the document, which may have a later mark by now that is hidden.
        const upTo = textIn(event, 'upTo')
        return {
          name:
            type === 'MessagesRead' ? ('message:read' as const) : ('message:delivered' as const),
          payload: { conversationId, userId, upTo, position: String(position) },
          // The participant's other sockets learn of it in any case.
          to: isHidden ? userRoom(userId) : roomOf(conversationId),
        }
      }),
    ),
})

/** `/chat`: the messages of conversations that a socket has joined. */
export const chatChannel = channel({
  namespace: '/chat',
  about:
    'Conversations of two users. A socket joins those it shows; each message is sent to it once and in order, also over ' +
    'reconnections, when it joins again with the position of its last message.',
  topics: [messageNews, conversationNews],
  signals: {
    typing: tell(
      'A participant is typing.',
      Fields({ conversationId: ConversationId, userId: UserId }),
    ),
  },
  presence: {
    presence: tell(
      'Whether the other participant of a joined conversation is connected.',
      Presence,
    ),
  },
  parts: {
    after: ['UserBlocked'],
    pairOf: (event) => [textIn(event, 'blockerId'), textIn(event, 'blockedId')],
  },
  client: {
    'conversation:join': subscription(
      ask(
        'Join a conversation. Every message after `afterPosition`, or after the position of the answer, follows.',
        Fields({ conversationId: ConversationId, afterPosition: Type.Optional(AfterPosition) }),
        Fields(following),
      ),
      {
        topic: messageNews,
        room: ({ conversationId }) => roomOf(conversationId),
        mayEnter: async ({ conversationId }, { caller, ports: { executor } }) => {
          await otherIn(executor, conversationId, caller.id)
          return undefined
        },
        read: async (_, { minPosition: position }) => ({ position }),
        answer: ({ position }) => ({ ok: true, position: String(position) }),
        missed: async ({ conversationId }, { caller, ports, ...range }) => {
          const found = await messagesAfter(ports.readModels, conversationId, range)
          const received = found.messages.findLast(
            ({ name, payload }) => name === 'message:new' && payload.senderId !== caller.id,
          )
          if (!received) return found
          const onSent = () =>
            deliveryMarks(ports)(conversationId, caller.id, received.payload.sentAt)
          return { ...found, onSent }
        },
        watches: async ({ conversationId }, { caller, ports: { executor } }) => {
          const other = await otherIn(executor, conversationId, caller.id)
          const blocked = await isBlocked(lookAtPresent(executor), caller.id, other)
          return blocked ? undefined : other
        },
      },
    ),
    'conversation:leave': unsubscription(
      ask('Leave a conversation.', ConversationRef),
      ({ conversationId }) => roomOf(conversationId),
    ),
    'message:send': command(
      ask(
        'Send a message.',
        Fields({
          conversationId: ConversationId,
          text: MessageText,
          idempotencyKey: IdempotencyKey,
        }),
        Fields({ id: MessageId, position: Position }),
      ),
      async ({ conversationId, text }, { caller, ports, origin }) => {
        const draft = { conversationId, senderId: caller.id, text }
        const { id, position } = await sendMessage(ports, draft, origin)
        return { ok: true, id, position: String(position) }
      },
    ),
    'message:read': command(
      ask(
        'Mark the messages of a conversation as read.',
        Fields({ conversationId: ConversationId, idempotencyKey: IdempotencyKey }),
        Fields({ position: Position }),
      ),
      async ({ conversationId }, { caller, ports, origin }) => {
        const { position } = await markRead(ports, conversationId, caller.id, origin)
        return { ok: true, position: String(position) }
      },
    ),
    typing: relay(
      ask('Show the other participant that the caller is typing.', ConversationRef),
      ({ conversationId }, { caller }) => ({
        to: roomOf(conversationId),
        name: 'typing',
        payload: { conversationId, userId: caller.id },
      }),
      {
        // Indicators of typing last for some seconds.
        every: 1_000,
        mayRelay: async ({ conversationId }, { caller, ports: { executor } }) => {
          const other = await otherIn(executor, conversationId, caller.id)
          await mustNotBeBlocked(lookAtPresent(executor), caller.id, other)
          return undefined
        },
      },
    ),
  },
})
