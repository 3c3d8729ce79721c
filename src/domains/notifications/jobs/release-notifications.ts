import { derivedUuid, type DocumentOf } from '#kernel'
import { notifications } from '../../../projections/index.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { notification } from '../language.ts'
import { isReadInApp, outcomes } from '../services/delivery.ts'

type Document = DocumentOf<typeof notifications>

/** Number of delayed notifications per query. */
const atOnce = 200

/** A notification that waits. */
type Waiting = {
  readonly id: Document['id']
  /** Number of notifications that it stands for. */
  readonly count: number
  readonly origin: Origin
  readonly isRead: boolean
}

/** Returns a notification as its stream has it: the read model may be behind, after a run a moment ago. */
const waitingOf = async (
  ports: Pick<JobPorts, 'executor'>,
  document: Document,
): Promise<Waiting | undefined> => {
  const { id } = document
  const { state, revision } = await ports.executor.stateOf(notification, id)
  if (state.status !== 'delayed') return undefined
  // Each delay has a revision of its own, so that a second one until the same time is ended as well.
  const commandId = derivedUuid(id, 'release', String(revision))
  return {
    id,
    count: state.count ?? 1,
    origin: { commandId, actorId: 'release-notifications', correlationId: commandId },
    isRead: await isReadInApp(ports, document),
  }
}

/**
 * Releases those of one user, channel and kind as one, the first; its words give their number. Those that were read in the
 * app meanwhile are skipped.
 */
const releaseTogether = async (
  ports: Pick<JobPorts, 'executor'>,
  together: readonly Document[],
): Promise<void> => {
  const { execute } = ports.executor
  const found = await Promise.all(together.map((one) => waitingOf(ports, one)))
  const waiting = found.filter((one) => one !== undefined)
  for (const { id, origin } of waiting.filter(({ isRead }) => isRead))
    await outcomes(ports, id, origin).skipped('read')
  const [first, ...others] = waiting.filter(({ isRead }) => !isRead)
  if (!first) return
  for (const { id, origin } of others) {
    const command = { type: 'GatherNotification' as const, data: { into: first.id } }
    await execute(notification, id, command, origin)
  }
  const count = others.reduce((sum, other) => sum + other.count, first.count)
  const release = { type: 'ReleaseNotification' as const, data: { count } }
  await execute(notification, first.id, release, first.origin)
}

/** Delivers the notifications whose delay is over; several of one kind to one user by one channel as one. */
export const releaseNotifications = chore({
  name: 'release-notifications',
  every: 15_000,
  run: async (ports) => {
    const where = { dueAt: { lte: ports.clock().toISOString() } }
    for (let last: Document | undefined; ;) {
      const { documents } = await ports.readModels.find(notifications, {
        where,
        sort: ['dueAt'],
        limit: atOnce,
        counted: false,
        ...(last && { after: { value: last.dueAt, key: last.id } }),
      })
      const groups = Map.groupBy(documents, ({ userId, channel, type }) =>
        [userId, channel, type].join(' '),
      )
      await Promise.all([...groups.values()].map((group) => releaseTogether(ports, group)))
      if (documents.length < atOnce) return
      last = documents.at(-1)
    }
  },
})
