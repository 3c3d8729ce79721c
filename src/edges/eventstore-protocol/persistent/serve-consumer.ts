import { randomUUID } from 'node:crypto'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import type { ReadReq } from '@eventstore/db-client/generated/persistent_pb.js'
import type { RecordedEvent } from '#kernel'
import { idOf } from '../../../platform/engines/eventstoredb/uuid.ts'
import { badArgument, refusalOf, unavailable, type CallRefused } from '../call-refused.ts'
import type { Caller } from '../callers.ts'
import { checkedAccess } from '../checked-access.ts'
import { eventMessage } from '../event-message.ts'
import { flowControlledStream } from '../flow-controlled-stream.ts'
import type { IdFormat } from '../read-request.ts'
import { unreadable, UnreadableRequest } from '../unreadable-request.ts'
import type { Delivery, NackAction } from './dispatcher.ts'
import type { Groups, Joined } from './group-operations.ts'
import { dropped } from './refusals.ts'
import { keyOf } from './requests.ts'

/** A call of `PersistentSubscriptions.Read`, whose answers are encoded already. */
export type ConsumeCall = ServerDuplexStream<ReadReq | UnreadableRequest, Buffer>

/** Options of `serveConsumer`. */
export type ServeConsumerOptions = {
  readonly groups: Pick<Groups, 'join'>
  /** Authenticates the caller, at the start and again while it consumes. @throws CallRefused when that fails */
  readonly callerOf: (call: ConsumeCall) => Promise<Caller>
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

/** Most messages in flight at one consumer. */
const mostSlots = 10_000

const { ReadResp } = persistent

const confirmation = (id: string): Buffer => {
  const confirmed = new ReadResp.SubscriptionConfirmation().setSubscriptionId(id)
  return Buffer.from(new ReadResp().setSubscriptionConfirmation(confirmed).serializeBinary())
}

/** Actions by their numbers; an unknown one retries. */
const actions: readonly NackAction[] = ['retry', 'park', 'retry', 'skip', 'stop']

const slotsOf = (bufferSize: number): number => {
  if (bufferSize < 1 || bufferSize > mostSlots)
    throw badArgument(`options.bufferSize: must be from 1 to ${mostSlots}, not ${bufferSize}`)
  return bufferSize
}

/** Resolves with the signal. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Returns the first request of a call, and leaves the next ones for later. Not by an iterator: that destroys the call when it is
 * refused, and a status behind answers that are still being written would be lost.
 */
const firstRequest = async (
  call: ConsumeCall,
  signal: AbortSignal,
): Promise<ReadReq | UnreadableRequest | undefined> => {
  const received = new Promise<ReadReq | UnreadableRequest | undefined>((resolve) => {
    call.once('data', (request: ReadReq | UnreadableRequest) => {
      call.pause()
      resolve(request)
    })
    call.once('end', () => resolve(undefined))
  })
  return Promise.race([received, aborted(signal).then(() => undefined)])
}

/** Serves `PersistentSubscriptions.Read`: one consumer of a group, until it or the group ends. */
export const serveConsumer = ({
  groups,
  callerOf,
  closing,
  onError,
  now,
}: ServeConsumerOptions) => {
  const serve = async (
    call: ConsumeCall,
    over: AbortController,
    signal: AbortSignal,
  ): Promise<void> => {
    const caller = await callerOf(call)
    const checkAccess = checkedAccess({ caller, authenticate: () => callerOf(call), now })
    const first = await firstRequest(call, signal)
    if (first instanceof UnreadableRequest) throw unreadable()
    const options = first?.getOptions()
    const key = keyOf(options)
    const ids: IdFormat = options?.getUuidOption()?.hasStructured() ? 'halves' : 'text'
    const out = flowControlledStream(call, (event) => eventMessage(event, ids), signal)

    let refusal: CallRefused | undefined
    const end = (why?: CallRefused): void => {
      refusal ??= why
      over.abort()
    }
    let outbox: Delivery<RecordedEvent>[] = []
    // The confirmation comes first.
    let isSending = true
    /** Encodes what waits when it is sent: until then, it is shared with the group. */
    function* encoded(deliveries: readonly Delivery<RecordedEvent>[]): Generator<Buffer> {
      for (const { message, retries } of deliveries) yield eventMessage(message.event, ids, retries)
    }
    const sendAll = async (): Promise<void> => {
      isSending = true
      while (outbox.length > 0 && !signal.aborted) {
        await checkAccess()
        const pack = outbox
        outbox = []
        await out.sendEvents(encoded(pack))
        joined.written(id, pack.length)
      }
      isSending = false
    }
    const sendWaiting = (): void => {
      if (!isSending) sendAll().catch((error: unknown) => end(refusalOf(error, onError)))
    }

    const id = randomUUID()
    const joined = await groups.join(caller, key, {
      id,
      slots: slotsOf(options?.getBufferSize() ?? 0),
      from: call.getPeer(),
      user: caller.name ?? 'anonymous',
      connection: String(call.metadata.get('connection-name')[0] ?? ''),
      send: (deliveries) => {
        outbox.push(...deliveries)
        sendWaiting()
      },
      end,
    })
    try {
      await out.send(confirmation(`${key.source}::${key.name}`))
      isSending = false
      sendWaiting()
      call.on('data', (request: ReadReq | UnreadableRequest) => {
        if (signal.aborted) return
        if (request instanceof UnreadableRequest) return end(unreadable())
        if (handleAnswer(joined, id, request) === 'stop') end(dropped(key, 'its consumer stopped'))
      })
      call.once('end', () => over.abort())
      call.resume()
      await aborted(signal)
    } finally {
      over.abort()
      await joined.leave()
    }
    if (closing.aborted) throw unavailable('The endpoint is closing; connect again')
    if (refusal) throw refusal
  }

  return async (call: ConsumeCall): Promise<void> => {
    const over = new AbortController()
    call.on('cancelled', () => over.abort())
    // A connection that breaks is reported as an error of the stream.
    call.on('error', () => over.abort())
    try {
      await serve(call, over, AbortSignal.any([over.signal, closing]))
      call.end()
    } catch (error) {
      // A cancelled call takes no answer.
      if (!call.cancelled) call.emit('error', refusalOf(error, onError))
    } finally {
      over.abort()
    }
  }
}

/** Handles an answer of a consumer; its reason is not stored, as it may name people. @returns its action, if it hands messages back */
const handleAnswer = (
  { ack, nack }: Joined,
  id: string,
  request: ReadReq,
): NackAction | undefined => {
  const acked = request.getAck()
  if (acked) ack(id, acked.getIdsList().map(idOf))
  const nacked = request.getNack()
  if (!nacked) return undefined
  const action = actions[nacked.getAction()] ?? 'retry'
  // One that stops gets nothing any more: its messages are retried as it leaves.
  if (action !== 'stop') nack(id, nacked.getIdsList().map(idOf), action)
  return action
}
