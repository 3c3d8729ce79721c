import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import { Unavailable } from '../unavailable.ts'
import type { AppendDeps } from './eventstoredb-append.ts'
import { isOutage, thrown } from './eventstoredb-failures.ts'
import { batchMessage, type BatchAnswer } from './eventstoredb-messages.ts'
import { appendInTurn } from './in-turn.ts'
import { Conflict, EventRefused, type Append, type AppendOutcome, type EventLog } from './port.ts'

/** The pauses between attempts, in ms. */
const pauses = { first: 25, most: 1_000 }

/** One call holds at most so many appends. */
const most = 500

/** What another program's server may not know: it says so, and is asked call by call from then on. */
const isUnknownCall = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === status.UNIMPLEMENTED

/** An append as an answer tells of it; undefined where it has to be looked for. @throws Unavailable when it is unknown */
const outcomeOf = (
  { stream, expected, events }: Append,
  answer: BatchAnswer,
  known: bigint,
): AppendOutcome | undefined => {
  const success = answer.getSuccess()
  if (success) {
    const position = success.getPosition()
    const commit = position && BigInt(position.getCommitPosition())
    const isPlain = position?.getPreparePosition() === position?.getCommitPosition()
    return commit !== undefined && commit > known && isPlain
      ? { revision: Number(success.getCurrentRevision()), position: commit }
      : undefined
  }
  const error = answer.getError()
  const details = error?.getDetails()
  const message = error?.getMessage() ?? ''
  const name = details?.getTypeName() ?? ''
  if (name.endsWith('WrongExpectedVersion')) {
    const wrong = details!.unpack(
      (bytes) => shared.WrongExpectedVersion.deserializeBinary(bytes),
      name,
    )
    const revision = wrong?.hasCurrentStreamRevision() ? wrong.getCurrentStreamRevision() : -1
    return new Conflict(stream, expected, Number(revision))
  }
  if (/\.(MaximumAppendSizeExceeded|BadRequest)$/.test(name)) {
    const blamed = events.find(({ type }) => message.includes(type)) ?? events[0]!
    return new EventRefused(blamed.type, message)
  }
  if (name.endsWith('AccessDenied')) return new Error(`EventStoreDB denies access: ${message}`)
  throw new Unavailable(`EventStoreDB does not know what became of an append: ${message}`)
}

/**
 * Appends in order over streams by `BatchAppend`: the appends of a call are sent without waiting, and recorded in the
 * order they were sent in. After an outage, those without an answer are sent again in the same order; servers take the
 * same events at the same place for the same append. Appends that may go anywhere are sent one by one, since servers
 * remember those only for a while; so is everything where the server knows no `BatchAppend`.
 * @param append appends one, and finds what was recorded before
 */
export const appendInBatches = (
  { calls, watermark, clock, timeout, patience }: AppendDeps,
  append: EventLog['append'],
): EventLog['appendInOrder'] => {
  const inTurn = appendInTurn(append)
  let isSupported = true

  /** Sends appends, as often as it takes. Gives one answer each; fewer, where the server knows no such call. */
  const sendAll = async (appends: readonly Append[]): Promise<readonly BatchAnswer[]> => {
    const deadline = performance.now() + patience
    const at = clock().toISOString()
    const answers: BatchAnswer[] = []
    let failure: unknown
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.most)) {
      const before = answers.length
      const messages = appends.slice(before).map((one) => batchMessage(randomUUID(), one, at))
      try {
        await calls.batchAppend(messages, timeout, (answer) => answers.push(answer))
        return answers
      } catch (error) {
        if (isUnknownCall(error)) {
          isSupported = false
          return answers
        }
        if (!isOutage(error)) throw thrown(error)
        failure = error
        if (answers.length > before) pause = pauses.first
      }
      if (performance.now() + pause >= deadline || calls.closing.aborted)
        throw new Unavailable('EventStoreDB did not answer in time', { cause: failure })
      await delay(pause, undefined, { signal: calls.closing }).catch(() => undefined)
    }
  }

  const inBatch = async (appends: readonly Append[]): Promise<readonly AppendOutcome[]> => {
    const known = await watermark.known().catch((error: unknown) => Promise.reject(thrown(error)))
    const answers = await sendAll(appends)
    const outcomes: AppendOutcome[] = []
    for (const [index, one] of appends.entries()) {
      const answer = answers[index]
      let outcome = answer && outcomeOf(one, answer, known)
      // Recorded before, or told apart by reading only: the same append again gives its first answer.
      if (!outcome || outcome instanceof Conflict) [outcome] = await inTurn([one])
      if (!(outcome instanceof Error)) watermark.saw(outcome!.position)
      outcomes.push(outcome!)
    }
    return outcomes
  }

  return async (appends) => {
    const outcomes: AppendOutcome[] = []
    for (let next = 0; next < appends.length;) {
      const rest = appends.slice(next, next + most)
      const end = rest.findIndex(({ expected }) => expected === 'any' || expected === 'exists')
      const batch = isSupported ? (end < 0 ? rest : rest.slice(0, end)) : []
      const some = batch.length > 0 ? await inBatch(batch) : await inTurn(rest.slice(0, 1))
      outcomes.push(...some)
      next += some.length
    }
    return outcomes
  }
}
