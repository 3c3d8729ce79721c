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

/** A replay as whoever plays it needs to know it. */
export type Known = {
  readonly replayId: ReplayId
  readonly state: StartedReplay
  readonly revision: number
}
type StartedReplay = Exclude<StateOf<typeof replay>, { readonly status: 'new' }>

/** How often, and after how many ms, it is tried to record that a replay was played to the end. */
const recording = { attempts: 8, wait: 250 }

const shown = { paused: 'PAUSED', stopped: 'STOPPED' } as const

/** Where a replay stands, in the words of its read model. */
export const statusOf = ({ status, completed }: StartedReplay): ReplayStatus =>
  status === 'playing' ? (completed ? 'COMPLETED' : 'RUNNING') : shown[status]

const originOf = (actorId: string): Origin => {
  const commandId = randomUUID()
  return { commandId, actorId, correlationId: commandId }
}

const noSuchReplay = refusal('no_such_replay', refusalOf(replay, 'NoSuchReplay').message)

const saidNo = ({ refused }: Refusal<keyof typeof replay.refusals>): Refused =>
  refused === 'NoSuchReplay'
    ? noSuchReplay
    : refusal('replay_stopped', refusalOf(replay, 'ReplayStopped').message)

/** What a client asks to be played. */
export type AskedReplay = RequestedRange & {
  readonly filter?: StartedReplay['filter']
  readonly speed?: StartedReplay['speed']
}

/** What there is to do with replays that lasts; each is decided and recorded like any other command. */
export const replayCommands = ({ executor, log, logger }: ChannelPorts) => {
  const knownOf = (
    replayId: ReplayId,
    { state, revision }: Omit<Executed<typeof replay>, 'events'>,
  ): Known | Refused => (state.status === 'new' ? noSuchReplay : { replayId, state, revision })

  return {
    /** Defines a replay. */
    start: async (
      { filter = {}, speed = 'max', ...part }: AskedReplay,
      caller: Caller,
    ): Promise<Known | Refused> => {
      try {
        const origin = originOf(caller.id)
        const replayId = derivedId(ReplayId, origin.commandId, 'replay')
        const data = { filter, ...(await resolvedRange(log, part)), speed, startedBy: caller.id }
        const command = { type: 'StartReplay' as const, data }
        const answer = await executor.execute(replay, replayId, command, origin)
        if (isRefusal(answer)) return saidNo(answer)
        return knownOf(replayId, answer)
      } catch (error) {
        if (!(error instanceof BadEnd)) throw error
        return refusal('invalid_request', `${error.field} ${error.message}.`)
      }
    },

    /** Looks up a replay. */
    find: async (replayId: ReplayId): Promise<Known | Refused> =>
      knownOf(replayId, await executor.stateOf(replay, replayId)),

    /** Pauses, resumes or stops a replay, for who started it and for admins. */
    steer: async (
      replayId: ReplayId,
      type: 'PauseReplay' | 'ResumeReplay' | 'StopReplay',
      { id, roles }: Caller,
    ): Promise<{ readonly status: ReplayStatus; readonly position: string } | Refused> => {
      const known = knownOf(replayId, await executor.stateOf(replay, replayId))
      if (!('state' in known)) return known
      if (known.state.startedBy !== id && !roles.includes('admin'))
        return refusal('forbidden', 'This replay was started by somebody else.')
      const command = { type, data: {} } as const
      const answer = await executor.execute(replay, replayId, command, originOf(id))
      if (isRefusal(answer)) return saidNo(answer)
      const now = knownOf(replayId, answer)
      if (!('state' in now)) return now
      return { status: statusOf(now.state), position: String(answer.position) }
    },

    /**
     * Records that a replay was played to the end; trying again for a while, as nobody else may come that far.
     * @param played how many events there were, for one who heard it all
     * @param signal ends the tries
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
          logger.warn({ err: error, replayId }, 'A replay that is over could not be recorded so')
          if (attempt === recording.attempts) return
          await pause(recording.wait * attempt, undefined, { signal }).catch(() => undefined)
        }
    },
  }
}

/** What there is to do with replays that lasts. */
export type ReplayCommands = ReturnType<typeof replayCommands>
