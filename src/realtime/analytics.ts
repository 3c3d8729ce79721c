import { randomUUID } from 'node:crypto'
import { told } from '../platform/event-log/told.ts'
import { veiled } from '../platform/event-log/veiled.ts'
import { admit, turnedAway, type Admitting } from './admission.ts'
import { room } from './analytics-flow.ts'
import { followLive } from './analytics-live.ts'
import { analyticsMessages } from './analytics-messages.ts'
import { playing } from './analytics-playing.ts'
import { replayCommands, statusOf } from './analytics-replays.ts'
import { steering } from './analytics-steering.ts'
import { answering } from './answering.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import type { AnalyticsClient, AnalyticsServer } from './events.ts'
import { refusal } from './message.ts'

const { client } = analyticsMessages

/** So many replays one socket may hear at once, and so many subscriptions to what happens it may have. */
const most = { replays: 5, subscriptions: 20 }

const tooMany = (what: string, limit: number) =>
  refusal('too_many_subscriptions', `A socket may hear ${limit} ${what} at once; end one first.`)

const steeringBy = [
  ['replay:pause', 'PauseReplay'],
  ['replay:resume', 'ResumeReplay'],
  ['replay:stop', 'StopReplay'],
] as const

/**
 * `/analytics`: the log as it was, and as it goes on, for analysts and admins. Everyone who listens to a replay has a
 * cursor of their own in the process they are connected to; what lasts of it is in the log.
 * @returns what is being followed
 */
export const analyticsSockets = (
  namespace: Admitting<AnalyticsClient, AnalyticsServer>,
  given: RealtimeDependencies,
  signal: AbortSignal,
): { readonly over: Promise<void> } => {
  const deps = { ...given, log: veiled(given.log, given.catalogue) }
  const { feed, log, catalogue, logger } = deps
  const steered = steering(deps, signal)
  const commands = replayCommands(deps)

  const playTo = playing(deps, commands, steered, signal)

  admit(namespace, deps)
  namespace.use(({ data: { caller } }, next) =>
    caller.roles.includes('analyst') || caller.roles.includes('admin')
      ? next()
      : next(turnedAway('forbidden', 'Only for people with the role analyst.')),
  )
  namespace.on('connection', (socket) => {
    const { caller } = socket.data
    const replays = new Map<string, AbortController>()
    const subscriptions = new Map<string, AbortController>()
    const gone = new AbortController()
    const until = (own: AbortController) => AbortSignal.any([signal, gone.signal, own.signal])
    socket.on('disconnect', () => gone.abort())

    socket.on(
      'replay:start',
      answering(
        client['replay:start'],
        async ({ replayId: wanted, after, ...asked }, reply) => {
          const [field] = Object.keys(asked)
          if (wanted !== undefined && field !== undefined)
            return reply(
              refusal('invalid_request', `${field} is known already of a replay; leave it out.`),
            )
          if (wanted !== undefined && replays.has(wanted))
            return reply(refusal('already_listening', 'This socket hears this replay already.'))
          if (replays.size >= most.replays) return reply(tooMany('replays', most.replays))
          // Held while it is not known yet whether there is such a replay: others come meanwhile.
          const own = new AbortController()
          let held: string = wanted ?? randomUUID()
          replays.set(held, own)
          try {
            const found =
              wanted === undefined
                ? await commands.start(asked, caller)
                : await commands.find(wanted)
            if (!('state' in found)) return reply(found)
            const { replayId, state } = found
            if (state.status === 'stopped')
              return reply(refusal('replay_stopped', 'This replay was stopped; start another one.'))
            replays.delete(held)
            held = replayId
            replays.set(held, own)
            const { fromPosition, untilPosition, speed } = state
            const status = statusOf(state)
            reply({ ok: true, replayId, status, fromPosition, untilPosition, speed })
            const place = after === undefined ? undefined : BigInt(after)
            await playTo(socket, found, place, until(own))
          } finally {
            // One that was left may be heard again by now.
            if (replays.get(held) === own) replays.delete(held)
          }
        },
        logger,
      ),
    )

    for (const [name, type] of steeringBy)
      socket.on(
        name,
        answering(
          client[name],
          async ({ replayId }, reply) => {
            const answer = await commands.steer(replayId, type, caller)
            reply('ok' in answer ? answer : { ok: true, ...answer })
          },
          logger,
        ),
      )

    socket.on(
      'replay:leave',
      answering(
        client['replay:leave'],
        async ({ replayId }, reply) => {
          replays.get(replayId)?.abort()
          replays.delete(replayId)
          reply({ ok: true })
        },
        logger,
      ),
    )

    socket.on(
      'live:subscribe',
      answering(
        client['live:subscribe'],
        async ({ after, ...filter }, reply) => {
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
              ready: () => room(socket, ending),
              tell: (event) =>
                socket.emit('live:event', { subscriptionId, event: told(catalogue, event) }),
            })
          } finally {
            subscriptions.delete(subscriptionId)
          }
        },
        logger,
      ),
    )

    socket.on(
      'live:unsubscribe',
      answering(
        client['live:unsubscribe'],
        async ({ subscriptionId }, reply) => {
          subscriptions.get(subscriptionId)?.abort()
          subscriptions.delete(subscriptionId)
          reply({ ok: true })
        },
        logger,
      ),
    )
  })

  return steered
}
