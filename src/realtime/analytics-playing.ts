import { told } from '../platform/event-log/told.ts'
import type { Admitted } from './admission.ts'
import { room } from './analytics-flow.ts'
import { play } from './analytics-player.ts'
import type { Known, ReplayCommands } from './analytics-replays.ts'
import type { Steering } from './analytics-steering.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import type { AnalyticsClient, AnalyticsServer } from './events.ts'

/**
 * Plays replays to sockets.
 * @param commands records what lasts
 * @param steered says when they are paused, resumed and stopped
 * @param signal ends all of them
 * @returns plays one to one socket, until it is over in one way or another, and never throws. `after`: goes on behind
 *   this position; `ending`: aborted when nobody listens any longer
 */
export const playing = (
  { log, catalogue, logger }: Pick<RealtimeDependencies, 'log' | 'catalogue' | 'logger'>,
  commands: ReplayCommands,
  steered: Pick<Steering, 'join'>,
  signal: AbortSignal,
) => {
  return async (
    socket: Admitted<AnalyticsClient, AnalyticsServer>,
    { replayId, state, revision }: Known,
    after: bigint | undefined,
    ending: AbortSignal,
  ): Promise<void> => {
    const { gate, leave } = steered.join(replayId)
    let last = { events: 0, position: after ?? 0n }
    const done = (outcome: 'completed' | 'stopped' | 'failed') =>
      socket.emit('replay:done', {
        replayId,
        events: last.events,
        position: String(last.position),
        outcome,
      })
    try {
      gate.learn(state.status, revision)
      // What happened since it was read, and before anybody listened.
      const now = await commands.find(replayId)
      if ('state' in now) gate.learn(now.state.status, now.revision)
      const { untilPosition } = state
      const played = await play(state, after ?? 0n, {
        log,
        gate,
        signal: ending,
        onError: (error) => logger.warn({ err: error, replayId }, 'A replay waits for the log'),
        listener: {
          ready: () => room(socket, ending),
          event: (event) => {
            socket.emit('replay:event', { replayId, event: told(catalogue, event) })
            last = { events: last.events + 1, position: event.position }
          },
          progress: ({ events, position, paused }) => {
            const at = String(position)
            socket.emit('replay:progress', {
              replayId,
              events,
              position: at,
              untilPosition,
              paused,
            })
          },
        },
      })
      last = played
      done(played.outcome)
      if (played.outcome === 'completed')
        void commands.complete(
          replayId,
          { position: played.position, events: after === undefined ? played.events : undefined },
          signal,
        )
    } catch (error) {
      if (ending.aborted) return
      logger.error({ err: error, replayId }, 'A replay could not be played to its end')
      done('failed')
    } finally {
      leave()
    }
  }
}
