import { describe, test } from 'vitest'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { searchIndex } from './search-index.ts'

const asked = { type: 'products' as const, generation: 1, requestedBy: newId(UserId) }
const request = { type: 'RequestIndexRebuild' as const, data: asked }
const requested = { type: 'SearchIndexRebuildRequested' as const, data: asked }
const result = {
  generation: 2,
  version: 3,
  documents: 7,
  comparison: { same: 6, different: 1, onlyOld: 2, onlyNew: 0 },
}
const record = { type: 'RecordIndexRebuild' as const, data: result }
const { type, requestedBy } = asked
const rebuilt = { type: 'SearchIndexRebuilt' as const, data: { type, requestedBy, ...result } }

describe('a rebuild of a search index', () => {
  test('is requested, and recorded with the admin who requested it', () => {
    given(searchIndex).when(request).yields(requested)
    given(searchIndex, requested).when(record).yields(rebuilt)
  })

  test('is shared by requests until it is over', () => {
    const later = { ...request, data: { ...asked, requestedBy: newId(UserId) } }
    given(searchIndex, requested).when(later).yields()
    given(searchIndex, requested, rebuilt)
      .when({ ...request, data: { ...asked, generation: 2 } })
      .yields({ ...requested, data: { ...asked, generation: 2 } })
  })

  test('is not recorded before the next generation answers, nor twice, nor unless requested', () => {
    given(searchIndex, requested)
      .when({ ...record, data: { generation: 1, version: 3 } })
      .yields()
    given(searchIndex, requested, rebuilt).when(record).yields()
    given(searchIndex).when(record).yields()
  })
})
