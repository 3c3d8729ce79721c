import { Type } from 'typebox'
import { Fields } from '#kernel'
import { PathText } from '../../../serving/path-text.ts'
import type { Ports } from '../../../serving/ports.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { SearchType, searchTypes } from '../language.ts'
import { requestRebuilds } from '../services/rebuilding.ts'
import { isSearchType, searchables } from '../services/searchable.ts'

const params = Fields({
  type: PathText(100, { description: `One of ${searchTypes.join(', ')}` }),
  id: PathText(100),
})

const Requested = Type.Object({ type: SearchType, id: Type.String() })

/** Returns the name of the read model of a type. */
const nameOf = (type: SearchType): string => searchables[type].projection.name

/** Requests one document's change from the process that runs the read model. @throws Problem 404 without a read model */
const requested = async (
  { type, id }: { readonly type: string; readonly id: string },
  request: Ports['operations']['refold'],
) => {
  if (!isSearchType(type) || !(await request(nameOf(type), id))) throw notFound('search index')
  return { data: { type, id } }
}

/** Management of the search indices. */
export const indexRoutes = [
  route({
    method: 'PUT',
    url: '/search/index/:type/:id',
    access: 'admin',
    operationId: 'indexDocument',
    rpcs: [
      { name: 'agora.search.v1.SearchService/IndexUser', params: { type: 'users' } },
      { name: 'agora.search.v1.SearchService/IndexPost', params: { type: 'posts' } },
    ],
    summary: 'Request that a document is indexed anew from the events of the log',
    description:
      'Follows within a moment. Documents are indexed as their events are recorded; this repairs one that was lost or dropped. A document without events is removed.',
    params,
    data: Requested,
    status: 202,
    problems: [404],
    handle: ({ params: asked }, { operations }) => requested(asked, operations.refold),
  }),

  route({
    method: 'DELETE',
    url: '/search/index/:type/:id',
    access: 'admin',
    operationId: 'dropDocument',
    rpcs: [
      { name: 'agora.search.v1.SearchService/RemoveUserIndex', params: { type: 'users' } },
      { name: 'agora.search.v1.SearchService/RemovePostIndex', params: { type: 'posts' } },
    ],
    summary: 'Request that a document is dropped from its index',
    description:
      'Follows within a moment. The events stay as they are: the document is found again once it is indexed anew, the index is rebuilt, or an event creates it.',
    params,
    data: Requested,
    status: 202,
    problems: [404],
    handle: ({ params: asked }, { operations }) => requested(asked, operations.removeDocument),
  }),

  route({
    method: 'POST',
    url: '/search/index/rebuild',
    access: 'admin',
    operationId: 'rebuildSearchIndex',
    summary: 'Rebuild the index of a type, or all indices, from the log',
    description:
      'The present index answers until the new one has caught up. The switch is recorded as the event `SearchIndexRebuilt`; a request during a rebuild shares it, unless that one has a gate (409).',
    body: Fields({ type: Type.Optional(SearchType) }),
    example: { type: 'products' },
    data: Type.Object({ types: Type.Array(SearchType) }),
    status: 202,
    problems: [404, 409],
    handle: async ({ body: { type }, caller, origin }, { operations, executor }) => {
      const types = type ? [type] : searchTypes
      const { projections, rebuild } = operations
      const wanted = { types, requestedBy: caller.id, origin }
      const refused = await requestRebuilds(wanted, { executor, projections, rebuild })
      if (refused?.why === 'missing') throw notFound('search index')
      if (refused)
        throw new Problem(
          409,
          'rebuild_under_way',
          `A generation of the index of ${refused.type} is being built with a gate already: switch to it, or discard it.`,
        )
      return { data: { types: [...types] } }
    },
  }),
]
