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
    const missing = await requestRebuilds({ types, requestedBy: scheduledBy, origin }, ports)
    if (missing) throw new WorkflowFailed(`There is no index of ${missing}.`)
    return { requested: types }
  },
})
