import { maskedEvent } from '../../../platform/storage/event-log/masked-event.ts'
import { play } from './play.ts'
import type { Known, ReplayCommands } from './replay-commands.ts'
import type { Steering } from './steering.ts'
import type { ChannelPorts, Connection } from '../../../serving/channel.ts'
import type { client, server } from './messages.ts'

/**
 * Plays replays to connections.
 * @param commands records the completion of a replay
 * @param steered reports when replays are paused, resumed and stopped
 * @param signal ends all of them
 * @returns a function that plays one replay to one connection until its end, and never throws. `after`: position to
 *   continue after; `ending`: aborted when the connection has left the replay
 */
export const playing = (
  { log, catalogue, logger }: Pick<ChannelPorts, 'log' | 'catalogue' | 'logger'>,
  commands: ReplayCommands,
  steered: Pick<Steering, 'join'>,
  signal: AbortSignal,
) => {
  return async (
    connection: Connection<typeof client, typeof server>,
    { replayId, state, revision }: Known,
    after: bigint | undefined,
    ending: AbortSignal,
  ): Promise<void> => {
    const { gate, leave } = steered.join(replayId)
    let last = { events: 0, position: after ?? 0n }
    const done = (outcome: 'completed' | 'stopped' | 'failed') =>
      connection.tell('replay:done', {
        replayId,
        events: last.events,
        position: String(last.position),
        outcome,
      })
    try {
      gate.learn(state.status, revision)
      // Changes between the first read and `join`.
      const now = await commands.find(replayId)
      if ('state' in now) gate.learn(now.state.status, now.revision)
      const { untilPosition } = state
      const played = await play(state, after ?? 0n, {
        log,
        gate,
        signal: ending,
        onError: (error) =>
          logger.warn({ err: error, replayId }, 'A replay waits until the log is available'),
        listener: {
          ready: () => connection.ready(ending),
          event: (event) => {
            connection.tell('replay:event', { replayId, event: maskedEvent(catalogue, event) })
            last = { events: last.events + 1, position: event.position }
          },
          progress: ({ events, position, paused }) => {
            const at = String(position)
            connection.tell('replay:progress', {
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
      logger.error({ err: error, replayId }, 'A replay failed')
      done('failed')
    } finally {
      leave()
    }
  }
}
