import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { notification } from '../language.ts'
import { initially, profile } from '../../profiles/language.ts'
import { NotificationId, UserId } from '../../shared/index.ts'
import { notifications as all } from '../../../projections/index.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { ShownNotification, shownNotification } from '../services/shown-notification.ts'

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
    query: ListQuery(['createdAt'], { unread: Type.Optional(Type.Boolean()) }),
    data: ListOf('notifications', ShownNotification),
    handle: async ({ params: { userId }, query, caller }, ports) => {
      mustOwn(caller, userId)
      const { unread } = query
      const read = unread === undefined ? undefined : !unread
      const { documents, info, position } = await listed(ports, all, query, {
        userId,
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
]
