import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { derivedId, derivedUuid, isRefusal, refusalOf, type Refusal, type StateOf } from '#kernel'
import { replay, ReplayId, type ReplayStatus } from '../language.ts'
import {
  BadEnd,
  resolvedRange,
  type RequestedRange,
} from '../../../platform/storage/event-log/resolved-range.ts'
import type { Executed, Origin } from '../../../runtime/execution.ts'
import type { Played } from './play.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'
import { refusal, type Refused } from '../../../serving/message.ts'

/** A started replay with its revision. */
export type Known = {
  readonly replayId: ReplayId
  readonly state: StartedReplay
  readonly revision: number
}
type StartedReplay = Exclude<StateOf<typeof replay>, { readonly status: 'new' }>

/** Attempts to record the completion of a replay, and the wait between them, in ms. */
const recording = { attempts: 8, wait: 250 }

const shown = { paused: 'PAUSED', stopped: 'STOPPED' } as const

/** Returns the status of a replay, as in its read model. */
export const statusOf = ({ status, completed }: StartedReplay): ReplayStatus =>
  status === 'playing' ? (completed ? 'COMPLETED' : 'RUNNING') : shown[status]

const originOf = (actorId: string, commandId: string = randomUUID()): Origin => {
  return { commandId, actorId, correlationId: commandId }
}

const noSuchReplay = refusal('no_such_replay', refusalOf(replay, 'NoSuchReplay').message)

const refusedBy = ({ refused }: Refusal<keyof typeof replay.refusals>): Refused =>
  refused === 'NoSuchReplay'
    ? noSuchReplay
    : refusal('replay_stopped', refusalOf(replay, 'ReplayStopped').message)

/** Definition of a replay in a client's request. */
export type AskedReplay = RequestedRange & {
  readonly filter?: StartedReplay['filter']
  readonly speed?: StartedReplay['speed']
}

/** Returns the commands of replays, which are decided and recorded like all commands. */
export const replayCommands = ({ executor, log, logger }: ChannelPorts) => {
  const knownOf = (
    replayId: ReplayId,
    { state, revision }: Omit<Executed<typeof replay>, 'events'>,
  ): Known | Refused => (state.status === 'new' ? noSuchReplay : { replayId, state, revision })

  return {
    /** Defines a replay. @param key the same definition under the same key is the same replay */
    start: async (
      asked: AskedReplay,
      caller: Caller,
      key: string | undefined,
    ): Promise<Known | Refused> => {
      const { filter = {}, speed = 'max', ...part } = asked
      try {
        const repeated =
          key === undefined
            ? undefined
            : derivedUuid(caller.id, 'replay:start', JSON.stringify(asked), key)
        const origin = originOf(caller.id, repeated)
        const replayId = derivedId(ReplayId, origin.commandId, 'replay')
        const data = { filter, ...(await resolvedRange(log, part)), speed, startedBy: caller.id }
        const command = { type: 'StartReplay' as const, data }
        const answer = await executor.execute(replay, replayId, command, origin)
        if (isRefusal(answer)) return refusedBy(answer)
        return knownOf(replayId, answer)
      } catch (error) {
        if (!(error instanceof BadEnd)) throw error
        return refusal('invalid_request', `${error.field} ${error.message}.`)
      }
    },

    /** Reads a replay. */
    find: async (replayId: ReplayId): Promise<Known | Refused> =>
      knownOf(replayId, await executor.stateOf(replay, replayId)),

    /** Pauses, resumes or stops a replay, for its starter and for admins. */
    steer: async (
      replayId: ReplayId,
      type: 'PauseReplay' | 'ResumeReplay' | 'StopReplay',
      { id, roles }: Caller,
    ): Promise<{ readonly status: ReplayStatus; readonly position: string } | Refused> => {
      const known = knownOf(replayId, await executor.stateOf(replay, replayId))
      if (!('state' in known)) return known
      if (known.state.startedBy !== id && !roles.includes('admin'))
        return refusal('forbidden', 'This replay was started by another user.')
      const command = { type, data: {} } as const
      const answer = await executor.execute(replay, replayId, command, originOf(id))
      if (isRefusal(answer)) return refusedBy(answer)
      const now = knownOf(replayId, answer)
      if (!('state' in now)) return now
      return { status: statusOf(now.state), position: String(answer.position) }
    },

    /**
     * Records the completion of a replay, with retries, as no other listener may reach the end.
     * @param played last position, and the number of events for a listener that received all
     * @param signal ends the retries
     */
    complete: async (
      replayId: ReplayId,
      { events, position }: Pick<Played, 'position'> & { readonly events: number | undefined },
      signal: AbortSignal,
    ): Promise<void> => {
      const commandId = derivedUuid(replayId, 'complete')
      const origin = { commandId, actorId: 'replay', correlationId: commandId }
      const data = { lastPosition: String(position), ...(events !== undefined && { events }) }
      const command = { type: 'CompleteReplay' as const, data }
      for (let attempt = 1; !signal.aborted; attempt += 1)
        try {
          await executor.execute(replay, replayId, command, origin)
          return
        } catch (error) {
          logger.warn({ err: error, replayId }, 'The completion of a replay could not be recorded')
          if (attempt === recording.attempts) return
          await pause(recording.wait * attempt, undefined, { signal }).catch(() => undefined)
        }
    },
  }
}

/** Commands of replays. */
export type ReplayCommands = ReturnType<typeof replayCommands>
