import { randomUUID } from 'node:crypto'
import { maskedEvent } from '../../platform/storage/event-log/masked-event.ts'
import { hideGuessableStreams } from '../../platform/storage/event-log/hide-guessable-streams.ts'
import { openChannel, refusal } from '../../serving/channel.ts'
import { followLive } from './channel/follow-live.ts'
import { dashboardUpdates } from './channel/dashboard-updates.ts'
import { client, server } from './channel/messages.ts'
import { playing } from './channel/playing.ts'
import { replayCommands, statusOf } from './channel/replay-commands.ts'
import { steering } from './channel/steering.ts'

/** Greatest numbers of concurrent replays and live subscriptions of one connection. */
const most = { replays: 5, subscriptions: 20 }

const tooMany = (what: string, limit: number) =>
  refusal('too_many_subscriptions', `A socket may have ${limit} ${what} at once; end one first.`)

const alreadyListening = refusal('already_listening', 'This socket plays this replay already.')

const steeringBy = [
  ['replay:pause', 'PauseReplay'],
  ['replay:resume', 'ResumeReplay'],
  ['replay:stop', 'StopReplay'],
] as const

/**
 * `/analytics`: replays of the log, new events, and the figures of the day. Each connection plays a replay with a cursor of its own in its process;
 * pausing, resuming, stopping and completing it is recorded in the log.
 */
export const analyticsChannel = openChannel({
  namespace: '/analytics',
  about:
    'Replays of the log, new events and figures of the day, for analysts; secret and personal fields are masked.',
  access: 'analyst',
  client,
  server,
  open: (given, signal) => {
    const ports = { ...given, log: hideGuessableStreams(given.log, given.catalogue) }
    const { feed, log, catalogue, logger } = ports
    const steered = steering(ports, signal)
    const commands = replayCommands(ports)
    const figures = dashboardUpdates(given, signal)
    const playTo = playing(ports, commands, steered, signal)

    return {
      over: steered.over,
      connected: (connection) => {
        const { caller, disconnected } = connection
        figures.listen((dashboard) => connection.tell('dashboard:update', dashboard), disconnected)
        const replays = new Map<string, AbortController>()
        const subscriptions = new Map<string, AbortController>()
        const until = (own: AbortController) => AbortSignal.any([signal, disconnected, own.signal])

        connection.on('replay:start', async (payload, reply) => {
          const { replayId: wanted, after, idempotencyKey, ...asked } = payload
          const [field] = Object.keys(asked)
          if (wanted !== undefined && field !== undefined)
            return reply(
              refusal(
                'invalid_request',
                `${field} is part of the definition of the replay; omit it.`,
              ),
            )
          if (wanted !== undefined && replays.has(wanted)) return reply(alreadyListening)
          if (replays.size >= most.replays) return reply(tooMany('replays', most.replays))
          // Counted before the replay is read, as more requests may arrive meanwhile.
          const own = new AbortController()
          let held: string = wanted ?? randomUUID()
          replays.set(held, own)
          try {
            const found =
              wanted === undefined
                ? await commands.start(asked, caller, idempotencyKey)
                : await commands.find(wanted)
            if (!('state' in found)) return reply(found)
            const { replayId, state } = found
            // A repetition under its key, while the first one is played.
            if (wanted === undefined && replays.has(replayId)) return reply(alreadyListening)
            if (state.status === 'stopped')
              return reply(refusal('replay_stopped', 'This replay was stopped; start another one.'))
            replays.delete(held)
            held = replayId
            replays.set(held, own)
            const { fromPosition, untilPosition, speed } = state
            const status = statusOf(state)
            reply({ ok: true, replayId, status, fromPosition, untilPosition, speed })
            const place = after === undefined ? undefined : BigInt(after)
            await playTo(connection, found, place, until(own))
          } finally {
            // The client may have left and started the replay again meanwhile.
            if (replays.get(held) === own) replays.delete(held)
          }
        })

        for (const [name, type] of steeringBy)
          connection.on(name, async ({ replayId }, reply) => {
            const answer = await commands.steer(replayId, type, caller)
            reply('ok' in answer ? answer : { ok: true, ...answer })
          })

        connection.on('replay:leave', async ({ replayId }, reply) => {
          replays.get(replayId)?.abort()
          replays.delete(replayId)
          reply({ ok: true })
        })

        connection.on('live:subscribe', async ({ after, ...filter }, reply) => {
          if (subscriptions.size >= most.subscriptions)
            return reply(tooMany('subscriptions', most.subscriptions))
          const subscriptionId = randomUUID()
          const own = new AbortController()
          subscriptions.set(subscriptionId, own)
          const ending = until(own)
          try {
            const position = after === undefined ? await log.head() : BigInt(after)
            reply({ ok: true, subscriptionId, position: String(position) })
            await followLive(filter, position, {
              feed,
              logger,
              signal: ending,
              ready: () => connection.ready(ending),
              tell: (event) =>
                connection.tell('live:event', {
                  subscriptionId,
                  event: maskedEvent(catalogue, event),
                }),
            })
          } finally {
            subscriptions.delete(subscriptionId)
          }
        })

        connection.on('live:unsubscribe', async ({ subscriptionId }, reply) => {
          subscriptions.get(subscriptionId)?.abort()
          subscriptions.delete(subscriptionId)
          reply({ ok: true })
        })
      },
    }
  },
})
