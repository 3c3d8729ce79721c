import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import {
  maxEventBytes,
  type ExpectedRevision,
  type NewEvent,
} from '../../platform/storage/event-log/port.ts'
import type { Asked } from './batch-answers.ts'
import { accessDenied, appendTooLarge, badArgument, CallRefused } from './call-refused.ts'
import { idOf } from '../../platform/engines/eventstoredb/uuid.ts'
import { newEventOf } from './new-event.ts'
import { revisionOf } from './read-pages.ts'
import { sizeOf, streamOf } from './serve-append.ts'

/** One call has at most so many appends whose end has not come: more would only fill the memory. */
const mostOpen = 100

/** An append of which parts have come. */
export type BatchedAppend = Asked & {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: NewEvent[]
  /** When its client no longer waits, in ms since 1970. */
  readonly deadline: number
  /** What its events weigh so far. */
  bytes: number
  /** Why it is not taken; then its events are dropped. */
  refused?: CallRefused
}

const expectedOf = (options: BatchAppendReq.Options): ExpectedRevision => {
  if (options.hasNoStream()) return 'none'
  if (options.hasStreamExists()) return 'exists'
  if (options.hasStreamPosition()) return revisionOf(BigInt(options.getStreamPosition()))
  return 'any'
}

const refused = (error: unknown): CallRefused => {
  if (error instanceof CallRefused) return error
  throw error
}

/** In ms since 1970. Clients that know none wait for ever. */
const deadlineOf = (options: BatchAppendReq.Options): number =>
  options.getDeadline()?.toDate().getTime() ?? Infinity

/** Whether an append's client no longer waits. */
export const isOver = ({ deadline }: BatchedAppend): boolean => deadline <= Date.now()

/**
 * Takes the parts of a call's appends as they come. Gives an append once its last part has come.
 * @param maxAppendBytes the most that one append may weigh, in bytes
 * @throws CallRefused when a part belongs to no append, or too many appends have begun
 */
export const batchAssembler = (
  maxAppendBytes: number,
  mayAppend: boolean,
): ((request: BatchAppendReq) => BatchedAppend | undefined) => {
  const open = new Map<string, BatchedAppend>()

  const begun = (request: BatchAppendReq, id: string): BatchedAppend | undefined => {
    const options = request.getOptions()
    const correlationId = request.getCorrelationId()
    if (!options || !correlationId) return undefined
    if (open.size >= mostOpen) throw badArgument(`At most ${mostOpen} appends may be under way`)
    const deadline = deadlineOf(options)
    const asked = { correlationId, options, expected: expectedOf(options), deadline }
    const one: BatchedAppend = { ...asked, stream: '', events: [], bytes: 0 }
    open.set(id, one)
    try {
      if (!mayAppend) throw accessDenied('Nobody appends here; send commands over HTTP instead')
      return Object.assign(one, { stream: streamOf(options) })
    } catch (error) {
      one.refused = refused(error)
      return one
    }
  }

  return (request: BatchAppendReq): BatchedAppend | undefined => {
    const id = idOf(request.getCorrelationId())
    const one = open.get(id) ?? begun(request, id)
    if (!one) throw badArgument('options: are missing, or there is no correlationId')
    try {
      if (!one.refused)
        for (const message of request.getProposedMessagesList()) {
          one.bytes += sizeOf(message)
          if (one.bytes > maxAppendBytes) throw appendTooLarge(maxAppendBytes)
          const content = [message.getData_asU8(), message.getCustomMetadata_asU8()]
          if (content.some(({ length }) => length > maxEventBytes))
            throw appendTooLarge(maxEventBytes)
          one.events.push(newEventOf(message, one.events.length))
        }
    } catch (error) {
      one.refused = refused(error)
    }
    if (one.refused) one.events.length = 0
    if (!request.getIsFinal()) return undefined
    open.delete(id)
    return one
  }
}
