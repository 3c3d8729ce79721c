import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { Channel, notification } from '../language.ts'
import { initially, profile } from '../../profiles/language.ts'
import { NotificationId, UserId } from '../../shared/index.ts'
import { notifications as all } from '../../../projections/index.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { ShownNotification, shownNotification } from '../services/shown-notification.ts'
import { mostRead, readOldest } from '../services/unread.ts'

/** Routes of notifications. */
export const notificationRoutes = [
  route({
    method: 'GET',
    url: '/notifications/user/:userId',
    access: 'user',
    operationId: 'listNotifications',
    summary: 'Notifications of a user, the latest first',
    description:
      'One each: push messages that bring those in the app to the devices of the user are left out.',
    params: Fields({ userId: UserId }),
    query: ListQuery(['createdAt'], {
      unread: Type.Optional(Type.Boolean()),
      channel: Type.Optional(Channel),
    }),
    data: ListOf('notifications', ShownNotification),
    handle: async ({ params: { userId }, query, caller }, ports) => {
      mustOwn(caller, userId)
      const { unread, channel } = query
      const read = unread === undefined ? undefined : !unread
      const { documents, info, position } = await listed(ports, all, query, {
        userId,
        channel,
        read,
        isCopy: false,
      })
      const { state: wishes } = await ports.executor.stateOf(profile, userId)
      const { preferences } = wishes.status === 'active' ? wishes : initially
      const shown = documents.map((one) => shownNotification(one, preferences.locale))
      return { data: { notifications: shown, ...info }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/notifications/:id/read',
    access: 'user',
    operationId: 'readNotification',
    summary: 'Mark a notification as read',
    params: Fields({ id: NotificationId }),
    data: Type.Object({ id: NotificationId, read: Type.Literal(true) }),
    problems: [404],
    handle: async ({ params: { id }, caller, origin }, { executor }) => {
      const { state } = await executor.stateOf(notification, id)
      if (state.status === 'none' || state.status === 'forgotten') throw notFound('notification')
      // Only its user may mark it as read, not an admin.
      if (state.userId !== caller.id) throw forbidden()
      const command = { type: 'MarkRead' as const, data: {} }
      const answer = await executor.execute(notification, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(notification, answer)
      const { position, revision } = answer
      return { data: { id, read: true as const }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/notifications/read-all',
    access: 'user',
    operationId: 'readAllNotifications',
    summary: 'Mark my notifications in the app as read, the oldest first',
    description: `At most ${mostRead} at once: repeat it with \`minPosition\` of the answer while notifications remain.`,
    query: Fresh,
    data: Type.Object({
      read: Type.Integer({ description: 'Number of notifications that were unread' }),
      remaining: Type.Integer({ description: 'Number of those that are left' }),
    }),
    handle: async ({ query, caller, origin }, ports) => {
      const { position, ...data } = await readOldest(ports, caller.id, origin, minPositionOf(query))
      return { data, position }
    },
  }),
]
