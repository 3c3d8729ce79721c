import { derivedUuid, type DocumentOf } from '#kernel'
import { notifications } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { notification } from '../language.ts'

type Document = DocumentOf<typeof notifications>

/** Number of delayed notifications per query. */
const atOnce = 200

/** Releases those of one user, channel and kind as one, the first; its words give their number. */
const releaseTogether = async (
  { executor: { execute, stateOf } }: Pick<JobPorts, 'executor'>,
  together: readonly Document[],
): Promise<void> => {
  // The read model may be behind, after a run a moment ago.
  const states = await Promise.all(together.map(({ id }) => stateOf(notification, id)))
  const [first, ...others] = together.filter((_, n) => states[n]?.state.status === 'delayed')
  if (!first) return
  const originOf = (id: string) => {
    const commandId = derivedUuid(id, 'release', first.id, first.dueAt ?? '')
    return { commandId, actorId: 'release-notifications', correlationId: commandId }
  }
  for (const { id } of others) {
    const command = { type: 'GatherNotification' as const, data: { into: first.id } }
    await execute(notification, id, command, originOf(id))
  }
  const release = { type: 'ReleaseNotification' as const, data: { count: 1 + others.length } }
  await execute(notification, first.id, release, originOf(first.id))
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
