import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'

const { ReadResp } = streams

const encoded = (answer: InstanceType<typeof ReadResp>): Buffer =>
  Buffer.from(answer.serializeBinary())

/** A subscription has begun. @param id names it */
export const confirmation = (id: string): Buffer => {
  const confirmed = new ReadResp.SubscriptionConfirmation()
  confirmed.setSubscriptionId(id)
  return encoded(new ReadResp().setConfirmation(confirmed))
}

/** A filtered subscription has looked through the log up to here. */
export const checkpoint = (position: bigint): Buffer => {
  const reached = new ReadResp.Checkpoint()
  reached.setCommitPosition(String(position))
  reached.setPreparePosition(String(position))
  return encoded(new ReadResp().setCheckpoint(reached))
}

/** The stream that is read has no events. */
export const streamNotFound = (stream: string): Buffer => {
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream))
  const notFound = new ReadResp.StreamNotFound().setStreamIdentifier(name)
  return encoded(new ReadResp().setStreamNotFound(notFound))
}

/** Where the stream that was read ends: its last revision. */
export const endOfStream = (revision: number): Buffer =>
  encoded(new ReadResp().setLastStreamPosition(String(revision)))

/** Where the log that was read ends. */
export const endOfLog = (position: bigint): Buffer => {
  const last = new shared.AllStreamPosition()
  last.setCommitPosition(String(position))
  last.setPreparePosition(String(position))
  return encoded(new ReadResp().setLastAllStreamPosition(last))
}

/** From here on, events are told as they come. */
export const caughtUp: Buffer = encoded(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()))

/** The reader has fallen behind what comes. */
export const fellBehind: Buffer = encoded(new ReadResp().setFellBehind(new ReadResp.FellBehind()))
