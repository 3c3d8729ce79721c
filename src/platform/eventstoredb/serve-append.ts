import { setImmediate as turnOfEventLoop } from 'node:timers/promises'
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js'
import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import {
  Conflict,
  maxEventBytes,
  type Appended,
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
} from '../event-log/port.ts'
import {
  accessDenied,
  appendTooLarge,
  badArgument,
  refusalOf,
  unavailable,
} from './call-refused.ts'
import type { Caller } from './callers.ts'
import { newEventOf } from './new-event.ts'
import { revisionOf } from './read-pages.ts'
import { isStreamName } from './stream-names.ts'

/** A call of `Streams.Append`. */
export type AppendCall = ServerReadableStream<AppendReq, AppendResp>

/** What is appended to, and who may. */
export type Appending = {
  readonly log: Pick<EventLog, 'append'>
  /** Who calls. @throws CallRefused when that is nobody */
  readonly callerOf: (call: AppendCall) => Promise<Caller>
  readonly onError: (error: unknown) => void
}

/** The most that one append may weigh, in bytes of data and metadata. */
export const maxAppendBytes = 8 * 1024 * 1024

type Options = AppendReq.Options

const expectedOf = (options: Options): ExpectedRevision => {
  if (options.hasNoStream()) return 'none'
  if (options.hasStreamExists()) return 'exists'
  if (options.hasRevision()) return revisionOf(BigInt(options.getRevision()))
  return 'any'
}

const streamOf = (options: Options): string => {
  const bytes = options.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array()
  const stream = Buffer.from(bytes).toString('utf8')
  if (stream.startsWith('$')) throw accessDenied(`${stream}: system streams are not kept here`)
  if (!isStreamName(stream))
    throw badArgument('stream: is to be named <category>-<id>, at most 500 characters')
  return stream
}

/** The append that a client sends, piece by piece. */
const received = async (call: AppendCall) => {
  let options: Options | undefined
  let bytes = 0
  const events: NewEvent[] = []
  for await (const request of call as AsyncIterable<AppendReq>) {
    options ??= request.getOptions()
    const message = request.getProposedMessage()
    if (!message) continue
    const size = message.getData_asU8().length
    if (size > maxEventBytes)
      throw appendTooLarge(`An event is larger than ${maxEventBytes} bytes`, maxEventBytes)
    bytes += size + message.getCustomMetadata_asU8().length
    if (bytes > maxAppendBytes)
      throw appendTooLarge(`The append is larger than ${maxAppendBytes} bytes`, maxAppendBytes)
    events.push(newEventOf(message, events.length))
  }
  // A connection that broke looks like the end of the call at first: half an append is none.
  await turnOfEventLoop()
  if (call.cancelled) throw unavailable('The append broke off before its end')
  if (!options) throw badArgument('options: is missing')
  if (events.length === 0) throw badArgument('proposedMessage: there is no event to append')
  return { stream: streamOf(options), expected: expectedOf(options), options, events }
}

const empty = () => new shared.Empty()

const successOf = ({ revision, position }: Appended): AppendResp => {
  const at = new streams.AppendResp.Position()
  at.setCommitPosition(String(position))
  at.setPreparePosition(String(position))
  const success = new streams.AppendResp.Success()
  success.setCurrentRevision(String(revision))
  success.setPosition(at)
  return new streams.AppendResp().setSuccess(success)
}

const conflictOf = ({ revision }: Conflict, options: Options): AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion()
  if (revision < 0) wrong.setCurrentNoStream(empty())
  else wrong.setCurrentRevision(String(revision))
  if (options.hasNoStream()) wrong.setExpectedNoStream(empty())
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(empty())
  else if (options.hasRevision()) wrong.setExpectedRevision(options.getRevision())
  else wrong.setExpectedAny(empty())
  return new streams.AppendResp().setWrongExpectedVersion(wrong)
}

/** Answers `Streams.Append`: all the events of a call are recorded, or none. */
export const serveAppend =
  ({ log, callerOf, onError }: Appending) =>
  async (call: AppendCall, answer: sendUnaryData<AppendResp>): Promise<void> => {
    try {
      const { mayAppend } = await callerOf(call)
      if (!mayAppend) throw accessDenied('Nobody appends here; send commands over HTTP instead')
      const { stream, expected, options, events } = await received(call)
      try {
        answer(null, successOf(await log.append(stream, expected, events)))
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        answer(null, conflictOf(error, options))
      }
    } catch (error) {
      if (!call.cancelled) answer(refusalOf(error, onError))
    }
  }
