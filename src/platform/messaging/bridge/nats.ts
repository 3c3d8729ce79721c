import {
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { connect, headers, nanos, type NatsConnection } from '@nats-io/transport-node'
import { messageOf } from '#kernel/error-message'
import { Unavailable } from '../../unavailable.ts'
import { closeSoon } from './close-soon.ts'
import { orderedSender, type OrderedSender } from './ordered-sender.ts'
import { cloudEvents, MessageRefused, type Bridge, type BridgeMessage } from './port.ts'
import { untilAborted } from './until-aborted.ts'

/** Time limit of connecting and of a confirmation, in ms. */
const answerMs = 5_000

/** How long the server recognises a repeated message id, in ms; longer than a lease takes to change hands. */
const duplicateWindowMs = 10 * 60_000

/** Error codes of JetStream for a stream that does not exist, and a message larger than the stream's limit. */
const codes = { streamNotFound: 10_059, messageTooLarge: 10_054 }

/** Room for the headers of a message within the server's limit, in bytes. */
const headerRoom = 1_024

/**
 * Options for the servers at URLs: the client takes credentials from options only.
 * @param urls `nats://user:password@host:4222`, `nats://token@host`, `tls://…`, separated by commas; the credentials are
 *   those of the first
 */
const optionsOf = (urls: string) => {
  const parsed = urls.split(',').map((one) => new URL(one))
  const { username = '', password = '' } = parsed[0] ?? {}
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  return {
    servers: parsed.map(({ host }) => host),
    ...(user !== '' && (pass === '' ? { token: user } : { user, pass })),
    ...(parsed.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
  }
}

type Link = { readonly connection: NatsConnection; readonly sender: OrderedSender }

/**
 * A bridge to NATS JetStream: subjects `<subjects>.<topic>` of one stream. `Nats-Msg-Id` is the event's id, by which the
 * server drops repetitions of the last ten minutes itself.
 * @param options.stream its name; one that does not exist is created, in files and without limits
 * @param options.subjects first part of the subjects, `agora.events`
 */
export const natsBridge = (
  url: string,
  { stream, subjects }: { readonly stream: string; readonly subjects: string },
): Bridge => {
  let opening: Promise<Link> | undefined

  const open = async (): Promise<Link> => {
    const connection = await connect({
      ...optionsOf(url),
      name: 'agora',
      timeout: answerMs,
      // The publisher connects anew: what is buffered during an outage would be sent twice.
      reconnect: false,
      // Otherwise each message makes two errors, for their stacks.
      noAsyncTraces: true,
    })
    try {
      const manager = await jetstreamManager(connection, { timeout: answerMs })
      await manager.streams.info(stream).catch((error: unknown) => {
        if (!(error instanceof JetStreamApiError) || error.code !== codes.streamNotFound)
          throw error
        return manager.streams.add({
          name: stream,
          subjects: [`${subjects}.>`],
          storage: StorageType.File,
          retention: RetentionPolicy.Limits,
          duplicate_window: nanos(duplicateWindowMs),
        })
      })
      const client = jetstream(connection, { timeout: answerMs })
      // One for all messages: the client writes the headers before it returns.
      const head = headers()
      head.set('content-type', cloudEvents)
      const sender = orderedSender(({ id, topic, body }, settled) => {
        client
          .publish(`${subjects}.${topic}`, body, { msgID: id, headers: head })
          .then(() => settled(), settled)
      })
      return { connection, sender }
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  const link = (): Promise<Link> => {
    if (opening) return opening
    const begun = open()
    const forget = () => {
      if (opening === begun) opening = undefined
    }
    opening = begun
    begun.then(({ connection }) => void connection.closed().then(forget), forget)
    return begun
  }

  const publishOver = async (
    begun: Promise<Link>,
    messages: readonly BridgeMessage[],
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    let used: Link | undefined
    try {
      used = await untilAborted(begun, signal)
      const limit = (used.connection.info?.max_payload ?? Infinity) - headerRoom
      const large = messages.find(({ body }) => body.length > limit)
      if (large)
        throw new MessageRefused(
          `A message of ${large.body.length} bytes is larger than the server accepts (${limit})`,
        )
      await untilAborted(used.sender.sendAll(messages), signal)
    } catch (error) {
      // What is in flight on the connection stays unknown.
      if (opening === begun) opening = undefined
      used?.sender.fail(error)
      await used?.connection.close().catch(() => undefined)
      signal?.throwIfAborted()
      if (error instanceof MessageRefused) throw error
      if (error instanceof JetStreamApiError && error.code === codes.messageTooLarge)
        throw new MessageRefused(error.message, { cause: error })
      throw new Unavailable(`NATS did not confirm: ${messageOf(error)}`, { cause: error })
    }
  }

  return {
    publish: (messages, signal) => publishOver(link(), messages, signal),
    line: () => {
      let begun: Promise<Link> | undefined
      return {
        publish: (messages, signal) => publishOver((begun ??= link()), messages, signal),
      }
    },
    close: async () => {
      const begun = opening
      opening = undefined
      await closeSoon(begun, ({ connection }) => connection.close())
    },
  }
}
