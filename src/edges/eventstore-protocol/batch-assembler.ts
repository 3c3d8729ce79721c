import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import {
  maxEventBytes,
  type ExpectedRevision,
  type NewEvent,
} from '../../platform/storage/event-log/port.ts'
import type { AppendHeader } from './batch-answers.ts'
import { accessDenied, appendTooLarge, badArgument, CallRefused } from './call-refused.ts'
import { idOf } from '../../platform/engines/eventstoredb/uuid.ts'
import { newEventOf } from './new-event.ts'
import { revisionOf } from './read-pages.ts'
import { readOnlyMessage, sizeOf, streamOf } from './serve-append.ts'

/** Maximum number of incomplete appends of one call; it bounds memory. */
const maxOpen = 100

/** An append that is assembled from its parts. */
export type BatchedAppend = AppendHeader & {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: NewEvent[]
  /** When the client stops waiting, in ms since 1970. */
  readonly deadline: number
  /** Size of its events so far, in bytes. */
  bytes: number
  /** Why the append is rejected; its events are dropped then. */
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

/** Latest moment of a deadline that is a date, in ms since 1970. */
const lastDate = 8.64e15

/** Deadline of an append, in ms since 1970; infinite where the client sent none, or one that no date is late enough for. */
const deadlineOf = (options: BatchAppendReq.Options): number => {
  const deadline = options.getDeadline()
  if (!deadline) return Infinity
  const at = deadline.getSeconds() * 1_000 + deadline.getNanos() / 1e6
  return at > lastDate ? Infinity : at
}

/** Whether the deadline of an append has passed. */
export const isOver = ({ deadline }: BatchedAppend): boolean => deadline <= Date.now()

/**
 * Assembles the appends of a call from their parts; returns an append with its last part.
 * @param maxAppendBytes maximum size of one append, in bytes
 * @param mayAppend whether the caller may append; otherwise every append is rejected
 * @throws CallRefused when a part belongs to no append, or too many appends are incomplete
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
    if (open.size >= maxOpen)
      throw badArgument(`At most ${maxOpen} appends may be incomplete at once`)
    const deadline = deadlineOf(options)
    const header = { correlationId, options, expected: expectedOf(options), deadline }
    const one: BatchedAppend = { ...header, stream: '', events: [], bytes: 0 }
    open.set(id, one)
    try {
      if (!mayAppend) throw accessDenied(readOnlyMessage)
      return Object.assign(one, { stream: streamOf(options) })
    } catch (error) {
      one.refused = refused(error)
      return one
    }
  }

  return (request: BatchAppendReq): BatchedAppend | undefined => {
    const id = idOf(request.getCorrelationId())
    const one = open.get(id) ?? begun(request, id)
    if (!one) throw badArgument('options: missing, or correlationId is missing')
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
