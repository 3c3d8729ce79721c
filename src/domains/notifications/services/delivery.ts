import type { DocumentOf, StateOf } from '#kernel'
import { notifications } from '../../../projections/index.ts'
import type { Origin } from '../../../runtime/execution.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { account } from '../../identity/language.ts'
import { initially, profile, unwanted } from '../../profiles/language.ts'
import type { NotificationId } from '../../shared/index.ts'
import { kindOf, notification, quietUntil, type Channel } from '../language.ts'
import { wordsOf } from './words.ts'

type Document = DocumentOf<typeof notifications>
type Ports = Pick<JobPorts, 'executor' | 'readModels' | 'clock'>

/** What a notification says, to whom. */
type Announced = Pick<
  Document,
  | 'userId'
  | 'channel'
  | 'type'
  | 'subject'
  | 'text'
  | 'template'
  | 'orderId'
  | 'postId'
  | 'copyOf'
  | 'marketing'
>

/** A notification to deliver. */
type Delivered = Announced & Pick<Document, 'id'>

/** A notification that a job is to deliver, as the job is queued: without its words, which may be personal. */
export type Due = {
  readonly notificationId: NotificationId
  /** Position of the log from which the read model has it. */
  readonly at: string
  /** Number of delayed ones that it stands for; undefined for one that was not delayed. */
  readonly count?: number
  /** What an urgent one says, which has no words about people: it is delivered while the store of the read model is away. */
  readonly urgent?: Announced
}

/** Returns whether a user's preferences exclude a notification, and by what. */
export const unwantedBy = (
  wishes: StateOf<typeof profile>,
  { channel, type, marketing }: Pick<Document, 'channel' | 'type' | 'marketing'>,
): ReturnType<typeof unwanted> => {
  const isDefault = kindOf(type).channels.includes(channel)
  return unwanted(wishes, { channel, type, isDefault, marketing })
}

/** Records outcomes of a delivery. */
export const outcomes = (
  { executor: { execute } }: Pick<Ports, 'executor'>,
  id: NotificationId,
  origin: Origin,
) => ({
  sent: async () =>
    void (await execute(notification, id, { type: 'RecordSent', data: {} }, origin)),
  /** @param reason without personal data */
  failed: async (reason: string) => {
    const data = { reason: reason.slice(0, 500) }
    await execute(notification, id, { type: 'RecordFailure', data }, origin)
  },
  /** @param why preference that excludes it, or that there is no device for it, or that it was read in the app */
  skipped: async (why: NonNullable<ReturnType<typeof unwanted>> | 'device' | 'read') => {
    const data = { unwanted: why }
    await execute(notification, id, { type: 'RecordSkipped', data }, origin)
  },
  /** @param count number of notifications that it stands for; undefined for one */
  delayed: async (until: string, count?: number) => {
    const data = { until, ...(count !== undefined && { count }) }
    await execute(notification, id, { type: 'DelayNotification', data }, origin)
  },
})

/** Whether the user has read the notification in the app that this one brings to their devices. */
export const isReadInApp = async (
  { executor }: Pick<Ports, 'executor'>,
  { copyOf }: Pick<Document, 'copyOf'>,
): Promise<boolean> => {
  if (copyOf === undefined) return false
  const { state } = await executor.stateOf(notification, copyOf)
  return 'read' in state && state.read
}

/** Whether another one of its kind has just disturbed the user, or waits for the next time. */
const followsAnother = async (
  { readModels }: Pick<Ports, 'readModels'>,
  { id, userId, channel, type }: Delivered,
  since: string,
): Promise<boolean> => {
  const { documents } = await readModels.find(notifications, {
    where: { userId, channel, type, createdAt: { gt: since } },
    limit: 20,
    counted: false,
  })
  return documents.some(
    (other) => other.id !== id && (other.status === 'SENT' || other.status === 'DELAYED'),
  )
}

/**
 * Prepares the delivery of a push or text message, by the preferences of its user at this moment: it may be excluded, or
 * delayed to the end of quiet hours or to be gathered with others. That is recorded then.
 * @returns the notification and its words; undefined when nothing is to be delivered now
 */
export const preparedDelivery = async (
  { notificationId, at, count, urgent }: Due,
  origin: Origin,
  ports: Ports,
): Promise<
  | {
      readonly document: Delivered
      readonly words: ReturnType<typeof wordsOf>
      readonly isUrgent: boolean
    }
  | undefined
> => {
  const { executor, readModels, clock } = ports
  const { state } = await executor.stateOf(notification, notificationId, {
    enough: ({ status }) => status === 'pending',
  })
  // A failed one was parked; an operator has retried its dead letter.
  if (state.status !== 'pending' && state.status !== 'failed') return undefined
  const document: Delivered | undefined = urgent
    ? { id: notificationId, ...urgent }
    : (await readModels.get(notifications, notificationId, BigInt(at))).document
  if (!document) return undefined
  const { userId, type } = document
  const record = outcomes(ports, notificationId, origin)
  const [{ state: person }, { state: wishes }] = await Promise.all([
    executor.stateOf(account, userId),
    executor.stateOf(profile, userId),
  ])
  if (person.status !== 'active') {
    await record.failed('The account is not active')
    return undefined
  }
  const why = unwantedBy(wishes, document)
  if (why !== undefined) {
    await record.skipped(why)
    return undefined
  }
  if (await isReadInApp(ports, document)) {
    await record.skipped('read')
    return undefined
  }
  const { preferences, settings } = wishes.status === 'active' ? wishes : initially
  const { urgent: isUrgent = false, gatheredFor } = kindOf(type)
  const now = clock()
  const { quietHours } = preferences
  const quiet = quietHours && quietUntil(now.toISOString(), quietHours, settings.timeZone)
  if (quiet !== undefined && !isUrgent) {
    await record.delayed(quiet, count)
    return undefined
  }
  if (gatheredFor !== undefined && count === undefined) {
    const since = new Date(now.getTime() - gatheredFor).toISOString()
    if (await followsAnother(ports, document, since)) {
      await record.delayed(new Date(now.getTime() + gatheredFor).toISOString())
      return undefined
    }
  }
  return { document, words: wordsOf(document, preferences.locale, count), isUrgent }
}

/** Returns the job for a notification, if it is of a channel. */
export const dueBy =
  (wanted: Channel) =>
  ({
    id,
    position,
    data: { letter, ...data },
  }: {
    readonly id: NotificationId
    readonly position: bigint
    readonly data: Announced & { readonly letter?: object }
  }): Due | undefined =>
    data.channel === wanted
      ? {
          notificationId: id,
          at: String(position),
          ...(kindOf(data.type).urgent && !letter && { urgent: data }),
        }
      : undefined

/** Returns the job for a delayed notification, if it is of a channel. */
export const releasedBy =
  (wanted: Channel) =>
  (event: {
    readonly id: NotificationId
    readonly position: bigint
    readonly data: { readonly channel: Channel; readonly count: number }
  }): Due | undefined => {
    const { id, position, data } = event
    return data.channel === wanted
      ? { notificationId: id, at: String(position), count: data.count }
      : undefined
  }
