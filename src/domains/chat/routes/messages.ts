import { Type, type Static } from 'typebox'
import { Fields, isRefusal, type CommandOf } from '#kernel'
import { messages } from '../../../projections/index.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { CursorQuery, listed } from '../../../serving/lists.ts'
import { notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { mustNotBeBlocked } from '../../profiles/services/contact.ts'
import type { UserId } from '../../shared/index.ts'
import { ConversationId, message, MessageId, MessageMedia, MessageText } from '../language.ts'
import { otherIn } from '../services/participation.ts'
import { sendMessage } from '../services/sending.ts'
import { messageFields, ShownMessage, shownMessage } from '../services/shown-messages.ts'

const params = Fields({ id: ConversationId })
const ofMessage = Fields({ id: MessageId })

/**
 * Executes a command of a message's author.
 * @throws Problem 404 for others than the participants too, who need not learn that there is such a message, 403 for a
 *   new text when one of the two blocks the other
 */
const change = async (
  executor: Executor,
  id: MessageId,
  command: CommandOf<typeof message>,
  callerId: UserId,
  origin: Origin,
) => {
  const { state } = await executor.stateOf(message, id)
  if (state.status === 'none' || ![state.senderId, state.recipientId].includes(callerId))
    throw notFound('message')
  const { senderId, recipientId } = state
  const answer = await restingOn(
    executor,
    (look) =>
      command.type === 'EditMessage' ? mustNotBeBlocked(look, senderId, recipientId) : undefined,
    (_, bases) => executor.execute(message, id, command, origin, { bases }),
  )
  if (isRefusal(answer)) throw refusalProblem(message, answer)
  const { position, revision } = answer
  return { position, revision }
}

/** Routes of messages. */
export const messageRoutes = [
  route({
    method: 'POST',
    url: '/chat/conversations/:id/messages',
    access: 'user',
    operationId: 'sendMessage',
    summary: 'Send a message',
    params,
    body: Fields({
      text: Type.Optional(MessageText),
      mediaIds: Type.Optional(MessageMedia),
    }),
    example: { text: 'Is the lamp still there?' },
    data: Type.Object(messageFields),
    status: 201,
    problems: [404],
    handle: async ({ params: { id: conversationId }, body, caller, origin }, ports) => {
      const draft = { conversationId, senderId: caller.id, ...body }
      const { id, sentAt, position, revision } = await sendMessage(ports, draft, origin)
      return { data: { id, ...draft, sentAt }, position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/chat/conversations/:id/messages',
    access: 'user',
    operationId: 'listMessages',
    summary: 'The messages of a conversation, the newest first',
    description: 'Conversations may be long: pages are read by cursor, and nothing is counted.',
    params,
    query: CursorQuery(['sentAt'], {}),
    data: Type.Unsafe<{
      readonly messages: readonly Static<typeof ShownMessage>[]
      readonly nextCursor?: string
    }>(
      Type.Object({
        messages: Type.Array(ShownMessage),
        nextCursor: Type.Optional(
          Type.String({ description: 'For `?cursor=`; absent at the end of the list' }),
        ),
      }),
    ),
    problems: [404],
    handle: async ({ params: { id: conversationId }, query, caller }, ports) => {
      await otherIn(ports.executor, conversationId, caller.id)
      const { documents, info, position } = await listed(
        ports,
        messages,
        query,
        { conversationId },
        { fields: { sentAt: 'place' }, counted: false },
      )
      const { nextCursor } = info
      const shown = documents.map(shownMessage)
      return {
        data: { messages: shown, ...(nextCursor !== undefined && { nextCursor }) },
        position,
      }
    },
  }),

  route({
    method: 'PATCH',
    url: '/chat/messages/:id',
    access: 'user',
    operationId: 'editMessage',
    summary: 'Change the text of a message, within 15 minutes',
    params: ofMessage,
    body: Fields({ text: MessageText }),
    example: { text: 'Is the red lamp still there?' },
    data: Type.Object({ id: MessageId, text: Type.String() }),
    problems: [404, 409],
    handle: async ({ params: { id }, body: { text }, caller: { id: senderId }, origin }, ports) => {
      const command = { type: 'EditMessage' as const, data: { senderId, text } }
      const changed = await change(ports.executor, id, command, senderId, origin)
      return { data: { id, text }, ...changed }
    },
  }),

  route({
    method: 'DELETE',
    url: '/chat/messages/:id',
    access: 'user',
    operationId: 'withdrawMessage',
    summary: 'Withdraw a message, within 15 minutes',
    params: ofMessage,
    data: Type.Object({ id: MessageId, withdrawn: Type.Literal(true) }),
    problems: [404, 409],
    handle: async ({ params: { id }, caller: { id: senderId }, origin }, { executor }) => {
      const command = { type: 'WithdrawMessage' as const, data: { senderId } }
      const changed = await change(executor, id, command, senderId, origin)
      return { data: { id, withdrawn: true as const }, ...changed }
    },
  }),
]
