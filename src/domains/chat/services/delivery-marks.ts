import { randomUUID } from 'node:crypto'
import type { ChannelPorts } from '../../../serving/channel-ports.ts'
import { oncePerPorts } from '../../../serving/ports.ts'
import type { UserId } from '../../shared/index.ts'
import type { ConversationId } from '../language.ts'
import { mark } from './marking.ts'

/** Records that messages have reached a participant. */
type DeliveryMarks = (conversationId: ConversationId, userId: UserId, upTo: string) => void

/**
 * Records how far messages have reached a participant: one command at a time for each conversation and participant, which
 * covers all messages that were delivered meanwhile. A failure loses nothing but the mark, which the next one covers.
 */
export const deliveryMarks = oncePerPorts<ChannelPorts, DeliveryMarks>(({ executor, logger }) => {
  /** Latest time that waits to be recorded, by conversation and participant; undefined while one is recorded. */
  const waiting = new Map<string, string | undefined>()

  const record = async (conversationId: ConversationId, userId: UserId): Promise<void> => {
    const key = `${conversationId} ${userId}`
    for (;;) {
      const upTo = waiting.get(key)
      if (upTo === undefined) return void waiting.delete(key)
      waiting.set(key, undefined)
      const commandId = randomUUID()
      const origin = { commandId, actorId: userId, correlationId: commandId }
      const delivered = { type: 'MarkDelivered' as const, userId, upTo }
      await mark(executor, conversationId, delivered, origin).catch((error: unknown) =>
        logger.warn({ err: error, conversationId }, 'A delivery of messages was not recorded'),
      )
    }
  }

  return (conversationId, userId, upTo) => {
    const key = `${conversationId} ${userId}`
    const isRecording = waiting.has(key)
    const before = waiting.get(key) ?? ''
    if (upTo > before) waiting.set(key, upTo)
    if (!isRecording) void record(conversationId, userId)
  }
})
