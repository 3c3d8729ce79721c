import { Type } from 'typebox'
import {
  Fields,
  isRefusal,
  refusalOf,
  type DocumentOf,
  type RecordedEvent,
  type StateOf,
} from '#kernel'
import { notifications, placeAt, positionAt } from '../../projections/index.ts'
import {
  ask,
  channel,
  type ChannelPorts,
  command,
  following,
  IdempotencyKey,
  Position,
  refusal,
  resumption,
  tell,
  topic,
  userRoom,
  welcome,
} from '../../serving/channel.ts'
import type { Missed, MissedRange } from '../../serving/questions.ts'
import { initially, profile } from '../profiles/language.ts'
import { NotificationId, type UserId } from '../shared/index.ts'
import { notification } from './language.ts'
import { unwantedBy } from './services/delivery.ts'
import { PushedNotification, shownNotification } from './services/shown-notification.ts'
import { unreadInApp } from './services/unread.ts'

/** Number of users whose counts and preferences are read concurrently. */
const concurrentReads = 8

const requests = ['NotificationRequested']

const isRequest = ({ type }: RecordedEvent): boolean => requests.includes(type)

/** Returns the recipient of a notification from its first event. */
const userOf = ({ data }: RecordedEvent): string | undefined =>
  typeof data === 'object' && data !== null && 'userId' in data && typeof data.userId === 'string'
    ? data.userId
    : undefined

type Wishes = StateOf<typeof profile>

/** Returns whether the user's preferences allow a push in the app; the list of notifications has it in any case. */
const isWanted = (
  wishes: Wishes = { status: 'new' },
  document: DocumentOf<typeof notifications>,
): boolean =>
  // What brings it to a device is not new.
  document.copyOf === undefined &&
  unwantedBy(wishes, { ...document, channel: 'in_app' }) === undefined

const unreadOf = async (
  userId: UserId,
  { readModels }: ChannelPorts,
  minPosition?: bigint,
): Promise<{ readonly count: number; readonly position: bigint }> => {
  const query = { where: unreadInApp(userId), limit: 1 }
  const { total: count, position } = await readModels.find(notifications, query, minPosition)
  return { count, position }
}

/** Reads the counts of unread notifications and the preferences of users. */
const readUsers = async (userIds: readonly UserId[], ports: ChannelPorts) => {
  const known = new Map<string, { readonly count: number; readonly wishes: Wishes }>()
  for (let first = 0; first < userIds.length; first += concurrentReads)
    await Promise.all(
      userIds.slice(first, first + concurrentReads).map(async (userId) => {
        const [{ count }, { state: wishes }] = await Promise.all([
          unreadOf(userId, ports),
          ports.executor.stateOf(profile, userId),
        ])
        known.set(userId, { count, wishes })
      }),
    )
  return known
}

/** A new notification, with the position of its request. */
const newNotification = (document: DocumentOf<typeof notifications>, wishes?: Wishes) => {
  const { preferences } = wishes?.status === 'active' ? wishes : initially
  const at = positionAt(document.place)
  const payload = { ...shownNotification(document, preferences.locale), position: String(at) }
  return { name: 'notification:new' as const, payload, at }
}

/** Reads the notifications of a user after a position, oldest first. */
const missedBy = async (
  userId: UserId,
  { readModels, executor }: ChannelPorts,
  { after, minPosition, limit }: MissedRange,
): Promise<Missed> => {
  const where = { userId, isCopy: false, place: { gt: placeAt(after) } }
  const query = { where, sort: ['place'], limit, counted: false }
  const [{ documents, position }, { state: wishes }] = await Promise.all([
    readModels.find(notifications, query, minPosition),
    executor.stateOf(profile, userId),
  ])
  // A store that writes a batch one by one may show later ones before all up to them are there.
  const whole = documents.filter(({ place }) => positionAt(place) <= position)
  const last = whole.at(-1)
  return {
    messages: whole
      .filter((document) => isWanted(wishes, document))
      .map((one) => newNotification(one, wishes)),
    position: last && whole.length === limit ? positionAt(last.place) : position,
  }
}

const inbox = topic({
  projection: notifications,
  server: {
    'notification:new': tell('A new notification.', PushedNotification, requests),
    'notification:resumed': tell(
      'The answer to a connection with `auth.afterPosition`, before the notifications that were missed.',
      Fields(following),
    ),
    'notification:unread-count': tell(
      'The number of unread notifications in the app; sent on connection too.',
      Fields({ count: Type.Integer({ minimum: 0 }), position: Position }),
      [...requests, 'NotificationRead'],
    ),
  },
  concerns: (event, { audience }) => {
    if (audience.isEmpty()) return undefined
    const userId = isRequest(event) ? userOf(event) : undefined
    return userId === undefined || audience.isIn(userRoom(userId)) ? event.id : undefined
  },
  tells: async ({ changes, position }, { audience, ports }) => {
    const users = [...new Set(changes.map(({ document }) => document.userId))]
    const known = await readUsers(
      users.filter((userId) => audience.isIn(userRoom(userId))),
      ports,
    )
    return [
      ...changes
        .filter(
          ({ document, events }) =>
            events.some(isRequest) && isWanted(known.get(document.userId)?.wishes, document),
        )
        .map(({ document }) => ({
          ...newNotification(document, known.get(document.userId)?.wishes),
          to: userRoom(document.userId),
        })),
      ...[...known].map(([userId, { count }]) => ({
        name: 'notification:unread-count' as const,
        payload: { count, position },
        to: userRoom(userId),
        unlessAnsweredIn: userRoom(userId),
      })),
    ]
  },
})

const noSuchNotification = 'no_such_notification'

/** `/notifications`: each user's own new notifications. */
export const notificationsChannel = channel({
  namespace: '/notifications',
  about:
    'The notifications of each user. A client that connects with the position of its last one, as `auth.afterPosition`, ' +
    'is sent each later one once, in order.',
  topics: [inbox],
  resumes: resumption({
    topic: inbox,
    missed: ({ caller, ports, ...range }) => missedBy(caller.id, ports, range),
    told: 'notification:resumed',
  }),
  welcomes: [
    welcome({
      topic: inbox,
      read: ({ caller, ports, minPosition }) => unreadOf(caller.id, ports, minPosition),
      tell: ({ count, position }) => ({
        name: 'notification:unread-count',
        payload: { count, position: String(position) },
      }),
    }),
  ],
  client: {
    'notification:read': command(
      ask(
        'Mark one as read.',
        Fields({ id: NotificationId, idempotencyKey: IdempotencyKey }),
        Fields({ position: Position }),
      ),
      async ({ id }, { caller, ports: { executor }, origin }) => {
        const { state } = await executor.stateOf(notification, id)
        if (state.status === 'none' || state.status === 'forgotten')
          return refusal(noSuchNotification, 'There is no such notification.')
        // Only its user may mark it as read, not an admin.
        if (state.userId !== caller.id)
          return refusal('forbidden', 'This notification is for somebody else.')
        const read = { type: 'MarkRead' as const, data: {} }
        const answer = await executor.execute(notification, id, read, origin)
        return isRefusal(answer)
          ? refusal(noSuchNotification, refusalOf(notification, answer.refused).message)
          : { ok: true, position: String(answer.position) }
      },
    ),
  },
})
