import { status } from '@grpc/grpc-js'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import wellKnown from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import statuses from '@eventstore/db-client/generated/status_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import { Conflict, type Appended } from '../../platform/storage/event-log/port.ts'
import type { CallRefused } from './call-refused.ts'

/** Correlation id and options of an append; each answer repeats them, so that the client can match it. */
export type AppendHeader = {
  readonly correlationId: NonNullable<ReturnType<BatchAppendReq['getCorrelationId']>>
  readonly options: BatchAppendReq.Options
}

/** A message of the protocol that is sent as details of an error. */
type Detail = { readonly serializeBinary: () => Uint8Array }

const empty = () => new wellKnown.Empty()

const answerTo = ({ correlationId, options }: AppendHeader): BatchAppendResp => {
  const answer = new streams.BatchAppendResp().setCorrelationId(correlationId)
  answer.setStreamIdentifier(options.getStreamIdentifier())
  if (options.hasNoStream()) answer.setNoStream(empty())
  else if (options.hasStreamExists()) answer.setStreamExists(empty())
  else if (options.hasStreamPosition()) answer.setStreamPosition(options.getStreamPosition())
  else answer.setAny(empty())
  return answer
}

const failed = (
  header: AppendHeader,
  code: number,
  message: string,
  name: string,
  detail: Detail,
): BatchAppendResp => {
  const details = new any.Any()
  details.pack(detail.serializeBinary(), `event_store.client.${name}`)
  const error = new statuses.Status().setMessage(message).setDetails(details)
  // The codes of google.rpc.Code are those of gRPC.
  error.setCode(code as Parameters<typeof error.setCode>[0])
  return answerTo(header).setError(error)
}

/** Answer to an append that was recorded. */
export const batchSuccess = (
  header: AppendHeader,
  { revision, position }: Appended,
): BatchAppendResp => {
  const at = new shared.AllStreamPosition()
  at.setCommitPosition(String(position)).setPreparePosition(String(position))
  const success = new streams.BatchAppendResp.Success()
  success.setCurrentRevision(String(revision)).setPosition(at)
  return answerTo(header).setSuccess(success)
}

/** Answer to an append without events whose expected revision matched. @param revision of the stream; -1 without events */
export const batchEmptySuccess = (header: AppendHeader, revision: number): BatchAppendResp => {
  const success = new streams.BatchAppendResp.Success().setNoPosition(empty())
  if (revision < 0) success.setNoStream(empty())
  else success.setCurrentRevision(String(revision))
  return answerTo(header).setSuccess(success)
}

/** Answer to an append whose stream is not at the expected revision. */
export const batchConflict = (
  header: AppendHeader,
  { revision, message }: Conflict,
): BatchAppendResp => {
  const { options } = header
  const wrong = new shared.WrongExpectedVersion()
  if (revision < 0) wrong.setCurrentNoStream(empty())
  else wrong.setCurrentStreamRevision(String(revision))
  if (options.hasNoStream()) wrong.setExpectedNoStream(empty())
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(empty())
  else if (options.hasStreamPosition()) wrong.setExpectedStreamPosition(options.getStreamPosition())
  else wrong.setExpectedAny(empty())
  return failed(header, status.ALREADY_EXISTS, message, 'WrongExpectedVersion', wrong)
}

/** Answer to an append whose deadline passed. @param isOpen whether the append may still be recorded */
export const batchTimeout = (header: AppendHeader, isOpen: boolean): BatchAppendResp =>
  failed(
    header,
    status.DEADLINE_EXCEEDED,
    isOpen
      ? 'The deadline passed; append the same events again to find out whether they were recorded'
      : 'The deadline passed; nothing was recorded',
    'Timeout',
    new shared.Timeout(),
  )

/** Answer to an append that was rejected. */
export const batchRefusal = (
  header: AppendHeader,
  { code, details, metadata }: CallRefused,
): BatchAppendResp => {
  const [size] = metadata.get('maximum-append-size')
  if (size !== undefined) {
    const detail = new shared.MaximumAppendSizeExceeded().setMaxappendsize(Number(size))
    return failed(header, code, details, 'MaximumAppendSizeExceeded', detail)
  }
  if (code === status.PERMISSION_DENIED)
    return failed(header, code, details, 'AccessDenied', new shared.AccessDenied())
  if (code === status.INVALID_ARGUMENT)
    return failed(header, code, details, 'BadRequest', new shared.BadRequest().setMessage(details))
  return failed(header, code, details, 'Unknown', new shared.Unknown())
}
