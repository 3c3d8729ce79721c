import { api, run } from '../api/client.ts'
import { noteWritten } from '../api/positions.ts'
import { ApiProblem, isOutage } from '../api/problem.ts'
import { ask, socketOf, SocketRefusal } from '../api/sockets.ts'
import type { Outgoing, Way } from './outbox.ts'

/** Chooses the way of a message: the socket, or HTTP where that is away and for messages with files. */
export const wayOf = async ({ mediaIds }: Outgoing): Promise<Way> =>
  mediaIds === undefined && (await socketOf('/chat')).connected ? 'socket' : 'http'

const bySocket = async (
  text: string,
  { key: idempotencyKey, conversationId }: Outgoing,
): Promise<string> => {
  const { id, position } = await ask('/chat', 'message:send', {
    conversationId,
    text,
    idempotencyKey,
  })
  noteWritten(position)
  return id
}

const byHttp = async ({ key, conversationId, text, mediaIds }: Outgoing): Promise<string> => {
  const { id } = await run(
    api.POST('/api/v1/chat/conversations/{id}/messages', {
      params: { path: { id: conversationId } },
      headers: { 'idempotency-key': key },
      body: {
        ...(text !== undefined && { text }),
        ...(mediaIds !== undefined && { mediaIds: [...mediaIds] }),
      },
    }),
  )
  return id
}

/**
 * Sends a message.
 * @returns its id
 * @throws ApiProblem, SocketRefusal
 */
export const sendMessage = async (message: Outgoing, way: Way): Promise<string> => {
  const { text } = message
  return way === 'socket' && text !== undefined ? bySocket(text, message) : byHttp(message)
}

const passing = new Set([
  'offline',
  'unavailable',
  'not_caught_up',
  'rate_limited',
  'request_in_progress',
])

/** Whether a message that was not sent may be sent by another attempt. */
export const isPassing = (error: unknown): boolean =>
  isOutage(error) ||
  (error instanceof ApiProblem && error.status === 429) ||
  (error instanceof SocketRefusal && passing.has(error.code))
