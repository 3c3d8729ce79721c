import { randomUUID } from 'node:crypto'
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerWritableStream,
} from '@grpc/grpc-js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type {
  AppendReq,
  AppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js'

type Stored = {
  readonly stream: string
  readonly revision: number
  readonly position: bigint
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}
type Proposed = Omit<Stored, 'revision' | 'position'>

const empty = () => new shared.Empty()
const nameOf = (from: { getStreamName_asU8: () => Uint8Array } | undefined) =>
  Buffer.from(from?.getStreamName_asU8() ?? []).toString()

const eventAnswer = (stored: Stored): ReadResp => {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
  event.setId(new shared.UUID().setString(stored.id))
  event.setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(Buffer.from(stored.stream).toString('base64')),
  )
  event.setStreamRevision(String(stored.revision))
  event.setCommitPosition(String(stored.position)).setPreparePosition(String(stored.position))
  event.getMetadataMap().set('type', stored.type).set('content-type', stored.contentType)
  event.getMetadataMap().set('created', String(BigInt(Date.now()) * 10_000n))
  event.setData(stored.data).setCustomMetadata(stored.metadata)
  const read = new streams.ReadResp.ReadEvent().setEvent(event)
  return new streams.ReadResp().setEvent(read.setCommitPosition(String(stored.position)))
}

/**
 * A server with the behaviour of EventStoreDB 20 to 24 where it differs from our endpoint: positions are sparse and begin above
 * 0, a read from a position without an event fails, the server's own events are between the others, appends of several events
 * are answered with two positions, repetitions of appends at any revision are recognised for a short time only, subscriptions
 * are not notified that they have caught up, and a checkpoint may be the position of the next event. Without `BatchAppend`.
 */
export const sternServer = async (): Promise<{
  readonly port: number
  readonly close: () => void
}> => {
  const all: Stored[] = []
  const byStream = new Map<string, Stored[]>()
  const live = new Set<(stored: Stored) => void>()
  let next = 1_000n

  const keep = (proposed: Proposed): Stored => {
    const past = byStream.get(proposed.stream) ?? []
    const stored = { ...proposed, revision: past.length, position: next }
    next += BigInt(100 + proposed.data.length)
    byStream.set(proposed.stream, past)
    past.push(stored)
    all.push(stored)
    for (const notify of live) notify(stored)
    return stored
  }
  const own = (stream: string, type: string) => {
    const data = Buffer.from('{}')
    keep({
      stream,
      type,
      contentType: 'application/json',
      id: randomUUID(),
      data,
      metadata: Buffer.from(''),
    })
  }
  own('$settings', '$metadata')

  const append = (
    call: ServerReadableStream<AppendReq, AppendResp>,
    answer: sendUnaryData<AppendResp>,
  ) => {
    let options: AppendReq.Options | undefined
    const proposed: Proposed[] = []
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions()
      const message = request.getProposedMessage()
      if (!message) return
      proposed.push({
        stream: nameOf(options?.getStreamIdentifier()),
        id: message.getId()!.getString(),
        type: message.getMetadataMap().get('type') ?? '',
        contentType: message.getMetadataMap().get('content-type') ?? '',
        data: message.getData_asU8(),
        metadata: message.getCustomMetadata_asU8(),
      })
    })
    call.on('end', () => {
      const { stream } = proposed[0]!
      const past = byStream.get(stream) ?? []
      const isPlaceless = options!.hasAny() || options!.hasStreamExists()
      const place = options!.hasRevision() ? Number(options!.getRevision()) + 1 : 0
      const from = isPlaceless ? past.findLastIndex(({ id }) => id === proposed[0]!.id) : place
      const isRemembered = !isPlaceless || from >= past.length - 10
      const there = from < 0 || !isRemembered ? [] : past.slice(from, from + proposed.length)
      const isKnown = proposed.every(({ id }, n) => there[n]?.id === id)
      const fits = isPlaceless ? options!.hasAny() || past.length > 0 : place === past.length
      if (!isKnown && !fits) {
        const wrong = new streams.AppendResp.WrongExpectedVersion()
        if (past.length === 0) wrong.setCurrentNoStream(empty())
        else wrong.setCurrentRevision(String(past.length - 1))
        answer(null, new streams.AppendResp().setWrongExpectedVersion(wrong))
        return
      }
      const done = isKnown ? there : proposed.map(keep)
      const position = new streams.AppendResp.Position()
      position.setCommitPosition(String(done.at(-1)!.position))
      position.setPreparePosition(String(done[0]!.position))
      const success = new streams.AppendResp.Success().setPosition(position)
      success.setCurrentRevision(String(done.at(-1)!.revision))
      answer(null, new streams.AppendResp().setSuccess(success))
      if (all.length % 3 === 0) own('$ce-thing', '$>')
      if (all.length % 50 === 0) own('$persistentSubscriptionConfig', 'PersistentConfig1')
    })
  }

  const read = (call: ServerWritableStream<ReadReq, ReadResp>): void => {
    const options = call.request.getOptions()!
    const isBackwards = options.getReadDirection() === 1
    const count = Number(options.getCount())
    const send = (events: readonly Stored[]) => {
      for (const stored of events) call.write(eventAnswer(stored))
    }
    const ofStream = options.getStream()
    if (ofStream) {
      const stream = nameOf(ofStream.getStreamIdentifier())
      const past = byStream.get(stream)
      const from = ofStream.hasRevision() ? Number(ofStream.getRevision()) : undefined
      if (past && isBackwards)
        send(
          past
            .slice(0, (from ?? past.length) + 1)
            .toReversed()
            .slice(0, count),
        )
      else if (past) send(past.slice(from ?? 0).slice(0, count))
      else {
        const missing = new streams.ReadResp.StreamNotFound()
        missing.setStreamIdentifier(ofStream.getStreamIdentifier())
        call.write(new streams.ReadResp().setStreamNotFound(missing))
      }
      call.end()
      return
    }

    const filter = options.getFilter()!
    const byType = filter.getEventType()
    const regex = new RegExp(byType?.getRegex() ?? filter.getStreamIdentifier()!.getRegex())
    const passes = ({ type, stream }: Stored) => regex.test(byType ? type : stream)
    const start = options.getAll()!.getPosition()
    const at = start && BigInt(start.getCommitPosition())
    const index = at === undefined ? 0 : all.findIndex(({ position }) => position === at)
    if (index < 0) {
      call.emit('error', { code: status.UNKNOWN, details: `Error reading at ${at}` })
      return
    }
    if (!options.hasSubscription()) {
      const found = isBackwards
        ? all.slice(0, at === undefined ? all.length : index).toReversed()
        : all.slice(index)
      send(found.filter(passes).slice(0, count))
      call.end()
      return
    }
    call.write(
      new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation()),
    )
    let considered = 0
    const notify = (stored: Stored) => {
      if (passes(stored)) call.write(eventAnswer(stored))
      if (++considered % 4 !== 0) return
      const checkpoint = new streams.ReadResp.Checkpoint()
      checkpoint.setCommitPosition(String(next)).setPreparePosition('0')
      call.write(new streams.ReadResp().setCheckpoint(checkpoint))
    }
    all.slice(at === undefined ? 0 : index + 1).forEach(notify)
    live.add(notify)
    call.on('cancelled', () => {
      live.delete(notify)
      call.end()
    })
  }

  const server = new Server()
  const unknown = (_: unknown, answer: sendUnaryData<never>) =>
    answer({ code: status.UNIMPLEMENTED })
  const { batchAppend: _, ...service } = grpc.StreamsService
  server.addService(service, { append, read, delete: unknown, tombstone: unknown })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return { port, close: () => server.forceShutdown() }
}
