import { derivedUuid } from '#kernel'
import { chore } from '../../../serving/chore.ts'
import { searchIndex, searchIndexIdOf, searchTypes } from '../language.ts'
import { searchables } from '../services/searchable.ts'

/** Records the rebuilds of search indices that were requested and have been switched to. */
export const recordRebuilds = chore({
  name: 'record-rebuilds',
  every: 5_000,
  reads: [searchIndex],
  run: async ({ executor, projections }) => {
    // At once, so that they share a read of the log.
    const states = await Promise.all(
      searchTypes.map((type) => executor.stateOf(searchIndex, searchIndexIdOf(type))),
    )
    const requested = searchTypes.filter((_, at) => states[at]!.state.status === 'requested')
    if (requested.length === 0) return { dueIn: async () => Infinity }

    const statuses = await projections()
    for (const type of requested) {
      const status = statuses.find(({ name }) => name === searchables[type].projection.name)
      if (!status || status.generation === 0) continue
      const { generation, version, comparison } = status
      const id = searchIndexIdOf(type)
      const commandId = derivedUuid(id, 'rebuilt', String(generation))
      const origin = { commandId, actorId: 'record-rebuilds', correlationId: commandId }
      const data = {
        generation,
        version,
        ...(comparison && {
          documents: comparison.same + comparison.different + comparison.onlyNew,
          comparison,
        }),
      }
      await executor.execute(searchIndex, id, { type: 'RecordIndexRebuild', data }, origin)
    }
    return undefined
  },
})
