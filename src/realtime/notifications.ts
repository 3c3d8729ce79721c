import { randomUUID } from 'node:crypto'
import { isRefusal, refusalOf, type RecordedEvent, type StateOf } from '#kernel'
import { notification } from '../domains/notifications/language.ts'
import { profile, unwanted } from '../domains/profiles/language.ts'
import type { UserId } from '../domains/shared/index.ts'
import { notifications } from '../projections/index.ts'
import { admit, userRoom, type Admitting } from './admission.ts'
import { answering } from './answering.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import type { NotificationsClient, NotificationsServer } from './events.ts'
import { followTopic, type Live } from './live.ts'
import { refusal } from './message.ts'
import { messages } from './messages.ts'

/** So many counts are asked for at once. */
const atOnce = 8

const { client, server } = messages['/notifications']

const requests = server['notification:new'].after

const isRequest = ({ type }: RecordedEvent): boolean => requests.includes(type)

/** Whom a notification is for, as its first event says. */
const userOf = ({ data }: RecordedEvent): string | undefined =>
  typeof data === 'object' && data !== null && 'userId' in data && typeof data.userId === 'string'
    ? data.userId
    : undefined

type Wishes = StateOf<typeof profile>

/** Whether somebody wants to be told in the app at once; what is told stays in their list in any case. */
const isWanted = (wishes: Wishes = { status: 'new' }, { marketing }: { marketing?: true }) =>
  unwanted(wishes, { channel: 'in_app', marketing }) === undefined

/**
 * `/notifications`: what users are told, live, each their own.
 * @returns what is being followed
 */
export const notificationSockets = (
  namespace: Admitting<NotificationsClient, NotificationsServer>,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): readonly Live[] => {
  const { readModels, executor, logger } = deps
  const isHere = (userId: string): boolean => namespace.adapter.rooms.has(userRoom(userId))

  const unread = async (userId: string, minPosition?: bigint) => {
    const query = { where: { userId, read: false }, limit: 1 }
    const { total: count, position } = await readModels.find(notifications, query, minPosition)
    return { count, position }
  }

  const inbox = followTopic(
    {
      projection: notifications,
      types: server['notification:unread-count'].after,
      keyOf: (event) => {
        if (namespace.sockets.size === 0) return undefined
        const userId = isRequest(event) ? userOf(event) : undefined
        return userId === undefined || isHere(userId) ? event.id : undefined
      },
      push: async ({ changes, position, leaveOut }) => {
        const users = [...new Set(changes.map(({ document }) => document.userId))].filter(isHere)
        const asked = async (userId: UserId) => {
          const [{ count }, { state: wishes }] = await Promise.all([
            unread(userId),
            executor.stateOf(profile, userId),
          ])
          return [userId, { count, wishes }] as const
        }
        const known = new Map<string, { readonly count: number; readonly wishes: Wishes }>()
        for (let first = 0; first < users.length; first += atOnce)
          for (const [userId, it] of await Promise.all(
            users.slice(first, first + atOnce).map(asked),
          ))
            known.set(userId, it)
        // Nothing is told before everything is read: what fails is tried again as a whole.
        for (const { document, events } of changes)
          if (events.some(isRequest) && isWanted(known.get(document.userId)?.wishes, document))
            namespace.local
              .to(userRoom(document.userId))
              .emit('notification:new', { ...document, position })
        for (const [userId, { count }] of known) {
          const room = userRoom(userId)
          namespace.local
            .to(room)
            .except(leaveOut(room))
            .emit('notification:unread-count', { count, position })
        }
      },
    },
    deps,
    signal,
  )

  admit(namespace, deps)
  namespace.on('connection', (socket) => {
    const { id: callerId } = socket.data.caller

    inbox
      .ask(
        userRoom(callerId),
        socket.id,
        (minPosition) => unread(callerId, minPosition),
        ({ count, position }) =>
          socket.emit('notification:unread-count', { count, position: String(position) }),
      )
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'A user could not be told how much is unread'),
      )

    socket.on(
      'notification:read',
      answering(
        client['notification:read'],
        async ({ id }, reply) => {
          const { state } = await executor.stateOf(notification, id)
          if (state.status === 'none' || state.status === 'forgotten')
            return reply(refusal('no_such_notification', 'There is no such notification.'))
          // Only who was told can have read it, an admin cannot do so for them.
          if (state.userId !== callerId)
            return reply(refusal('forbidden', 'This notification is for somebody else.'))
          const commandId = randomUUID()
          const answer = await executor.execute(
            notification,
            id,
            { type: 'MarkRead', data: {} },
            { commandId, actorId: callerId, correlationId: commandId },
          )
          reply(
            isRefusal(answer)
              ? refusal('no_such_notification', refusalOf(notification, answer.refused).message)
              : { ok: true, position: String(answer.position) },
          )
        },
        logger,
      ),
    )
  })

  return [inbox]
}
