import { derivedUuid } from '#kernel'
import { chore } from '../../../serving/chore.ts'
import { searchIndex, searchIndexIdOf, searchTypes, type SearchType } from '../language.ts'
import { searchables } from '../services/searchable.ts'

/** Records the rebuilds of search indices that were requested and have been switched to. */
export const recordRebuilds = chore({
  name: 'record-rebuilds',
  every: 5_000,
  run: async ({ executor, projections }) => {
    const requested: SearchType[] = []
    for (const type of searchTypes) {
      const { state } = await executor.stateOf(searchIndex, searchIndexIdOf(type))
      if (state.status === 'requested') requested.push(type)
    }
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
