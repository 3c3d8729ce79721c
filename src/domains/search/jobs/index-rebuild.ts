import { Type } from 'typebox'
import { Fields } from '#kernel'
import { workflow, WorkflowFailed } from '../../../serving/workflow.ts'
import { SearchType, searchTypes } from '../language.ts'
import { requestRebuilds } from '../services/rebuilding.ts'

/** Rebuilds search indices when an admin wants it; `SearchIndexRebuilt` says when each is done. */
export const indexRebuild = workflow({
  name: 'index-rebuild',
  about: 'Requests the rebuild of a search index, or of all.',
  payload: Fields({ index: Type.Optional(SearchType) }),
  example: { index: 'products' },
  run: async ({ payload: { index }, scheduledBy, origin }, ports) => {
    const types = index ? [index] : searchTypes
    const refused = await requestRebuilds({ types, requestedBy: scheduledBy, origin }, ports)
    if (refused?.why === 'missing')
      throw new WorkflowFailed(`There is no index of ${refused.type}.`)
    if (refused)
      throw new WorkflowFailed(
        `A generation of the index of ${refused.type} is being built with a gate already: switch to it, or discard it.`,
      )
    return { requested: types }
  },
})
