import { Type, type Static } from 'typebox'
import { decider, derivedId, Fields, Id } from '#kernel'
import { UserId } from '../shared/index.ts'

/** Names of the types that can be searched. */
export const searchTypes = ['products', 'users', 'gigs', 'orders', 'posts', 'media'] as const
export const SearchType = Type.Enum([...searchTypes])
export type SearchType = (typeof searchTypes)[number]

/** Id of the index of a type, in all its generations. */
const SearchIndexId = Id('SearchIndexId')
type SearchIndexId = Static<typeof SearchIndexId>

/** Returns the id of the index of a type. */
export const searchIndexIdOf = (type: SearchType): SearchIndexId =>
  derivedId(SearchIndexId, 'search index', type)

const Generation = Type.Integer({ minimum: 0 })
const Count = Type.Integer({ minimum: 0 })

/** The rebuild of an index: the generation that answered when it was requested, or 0. */
const requested = { type: SearchType, generation: Generation, requestedBy: UserId }

/** The generation that answers now, and its documents compared with those of the one before, if that was still there. */
const built = {
  generation: Generation,
  /** Version of the projection that built it. */
  version: Type.Integer({ minimum: 1 }),
  documents: Type.Optional(Count),
  comparison: Type.Optional(
    Fields({ same: Count, different: Count, onlyOld: Count, onlyNew: Count }),
  ),
}

const Requested = Fields(requested)

type State =
  | { readonly status: 'built' }
  | ({ readonly status: 'requested' } & Static<typeof Requested>)

/** The rebuilds of the search index of a type, as requested by admins. Requests during one share it. */
export const searchIndex = decider({
  name: 'searchIndex',
  id: SearchIndexId,

  commands: {
    RequestIndexRebuild: Fields(requested, {
      description: 'Record that an admin requests a rebuild of the index.',
    }),
    RecordIndexRebuild: Fields(built, {
      description: 'Record that a later generation of the index answers, if it was requested.',
    }),
  },

  events: {
    SearchIndexRebuildRequested: Requested,
    SearchIndexRebuilt: Fields({ type: SearchType, requestedBy: UserId, ...built }),
  },

  refusals: {},
}).rules<State>({
  initialState: { status: 'built' },

  decide: {
    RequestIndexRebuild: (data, { status }) =>
      status === 'requested' ? [] : [{ type: 'SearchIndexRebuildRequested', data }],
    RecordIndexRebuild: (data, state) => {
      if (state.status === 'built' || data.generation <= state.generation) return []
      const { type, requestedBy } = state
      return [{ type: 'SearchIndexRebuilt', data: { type, requestedBy, ...data } }]
    },
  },

  evolve: {
    SearchIndexRebuildRequested: (_, data) => ({ status: 'requested', ...data }),
    SearchIndexRebuilt: () => ({ status: 'built' }),
  },
})
