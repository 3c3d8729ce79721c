import type { ConfirmChannel } from 'amqplib'

/** The queue of commands, the one of those that are put off, and the one of messages that are none. */
export const commandQueues = {
  commands: 'agora.commands',
  later: 'agora.commands.later',
  dead: 'agora.commands.dead',
}

/** Whether a queue is one that Agora declares for commands. */
export const isOwnQueue = (name: string): boolean => Object.values(commandQueues).includes(name)

/**
 * Deliveries after which the broker itself takes a message for one that ends processes. Agora does so earlier
 * (`faultOf`), as the broker leaves the token in the dead letter.
 */
const brokersLimit = 20

/** Arguments of a queue whose dead letters go to another one, and leave it once they are stored there (RabbitMQ 3.10). */
const deadLettersTo = (queue: string) => ({
  'x-queue-type': 'quorum',
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  // The strategy requires it; without a limit of length it has no effect.
  'x-overflow': 'reject-publish',
})

/**
 * Declares the queues of commands, durable and replicated.
 * @param delay of a command that is put off, in ms
 * @throws Error 406 where one exists with other arguments
 */
export const declareQueues = async (channel: ConfirmChannel, delay: number): Promise<void> => {
  await channel.assertQueue(commandQueues.dead, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum' },
  })
  await channel.assertQueue(commandQueues.commands, {
    durable: true,
    arguments: { ...deadLettersTo(commandQueues.dead), 'x-delivery-limit': brokersLimit },
  })
  await channel.assertQueue(commandQueues.later, {
    durable: true,
    arguments: { ...deadLettersTo(commandQueues.commands), 'x-message-ttl': delay },
  })
}
