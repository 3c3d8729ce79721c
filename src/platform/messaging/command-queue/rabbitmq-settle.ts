import type { ConfirmChannel, ConsumeMessage, MessageProperties, Options } from 'amqplib'
import type { Fault, Settlement } from './port.ts'
import { commandQueues } from './rabbitmq-queues.ts'

/** Deliveries of a message after which it is taken for one that ends processes; fewer than the broker permits. */
const mostDeliveries = 15

/**
 * Queues that answers may be sent to: those that the broker has named, and those that their owner has named for answers.
 * Any other could be one that the sender itself may not write to.
 */
const replyQueue = /^(?:amq\.rabbitmq\.reply-to(?:\.|$)|amq\.gen-|agora\.replies\.)/

/** Whether a property `reply-to` names a queue for answers. */
export const isReplyQueue = (replyTo: unknown): replyTo is string =>
  typeof replyTo === 'string' && replyQueue.test(replyTo)

/** Returns why a message must not be carried out, by its properties alone. */
export const faultOf = ({
  headers,
  replyTo,
}: Pick<MessageProperties, 'headers' | 'replyTo'>): Fault | undefined => {
  // Quorum queues count the deliveries before this one.
  const count: unknown = headers?.['x-delivery-count']
  if (typeof count === 'number' && count >= mostDeliveries)
    return { status: 500, reason: `It was delivered ${count} times before, and never settled` }
  if (replyTo !== undefined && !isReplyQueue(replyTo))
    return {
      status: 400,
      reason:
        'The property reply-to must be amq.rabbitmq.reply-to, a queue that the broker has named (amq.gen-…), or one named agora.replies.…',
    }
  return undefined
}

/** Headers by which the broker routes copies (`CC`, `BCC`) or counts: none is passed on under Agora's own name. */
const ofBroker = /^(?:b?cc|x-(?:first-|last-)?death.*|x-(?:delivery|acquired)-count)$/i

const passed = (
  headers: MessageProperties['headers'],
  { authorized }: { readonly authorized: boolean },
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).filter(
      ([name]) => !ofBroker.test(name) && (authorized || name.toLowerCase() !== 'authorization'),
    ),
  )

/** Text of a reason, for a header: short, as headers have a limited size. */
const short = (text: string): string => text.slice(0, 500)

/** Properties that a message has in any queue. */
const kept = ({ messageId, contentType }: MessageProperties): Options.Publish => ({
  persistent: true,
  ...(messageId !== undefined && { messageId: String(messageId) }),
  ...(contentType !== undefined && { contentType: String(contentType) }),
})

/** Sends to a queue. @returns once the broker has confirmed */
const send = (
  channel: ConfirmChannel,
  queue: string,
  body: Buffer,
  options: Options.Publish,
): Promise<void> =>
  new Promise((resolve, reject) => {
    channel.sendToQueue(queue, body, options, (error: unknown) =>
      error ? reject(error) : resolve(),
    )
  })

/**
 * Settles a message: what becomes of it is confirmed by the broker before it is acknowledged.
 * @param cut aborted with the connection, and when the broker returns what was sent: then nothing is acknowledged
 */
export const settle = async (
  channel: ConfirmChannel,
  message: ConsumeMessage,
  settlement: Settlement,
  cut: AbortSignal,
): Promise<void> => {
  const { properties, content } = message
  const { messageId, correlationId, replyTo, headers } = properties
  if (settlement === 'later')
    await send(channel, commandQueues.later, content, {
      ...kept(properties),
      mandatory: true,
      ...(correlationId !== undefined && { correlationId: String(correlationId) }),
      ...(isReplyQueue(replyTo) && { replyTo }),
      headers: passed(headers, { authorized: true }),
    })
  else {
    const { answer, dead } = settlement
    if (isReplyQueue(replyTo))
      await send(channel, replyTo, Buffer.from(JSON.stringify(answer)), {
        persistent: true,
        contentType: 'application/json',
        correlationId: correlationId ?? messageId,
      })
    if (dead)
      await send(channel, commandQueues.dead, dead.isSecret ? Buffer.alloc(0) : content, {
        ...kept(properties),
        mandatory: true,
        headers: {
          ...passed(headers, { authorized: false }),
          'agora-status': dead.status,
          'agora-reason': short(dead.reason),
        },
      })
  }
  if (!cut.aborted) channel.ack(message)
}
