import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Operations } from '../../../runtime/operations.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { UserId } from '../../shared/index.ts'
import { searchIndex, searchIndexIdOf, type SearchType } from '../language.ts'
import { searchables } from './searchable.ts'

/** Rebuilds of search indices, and who asks for them. */
type Wanted = {
  readonly types: readonly SearchType[]
  readonly requestedBy: UserId
  readonly origin: Origin
}

/**
 * Requests rebuilds of search indices, and records that they were requested.
 * @returns the first type that has no index here; undefined when all were requested
 */
export const requestRebuilds = async (
  { types, requestedBy, origin }: Wanted,
  {
    executor,
    projections,
    rebuild,
  }: { readonly executor: Pick<Executor, 'execute'> } & Pick<Operations, 'projections' | 'rebuild'>,
): Promise<SearchType | undefined> => {
  const statuses = await projections()
  const request = async (type: SearchType): Promise<boolean> => {
    const { name } = searchables[type].projection
    const generation = statuses.find((status) => status.name === name)?.generation ?? 0
    // Recorded first: a request that fails afterwards is sent again.
    await executor.execute(
      searchIndex,
      searchIndexIdOf(type),
      { type: 'RequestIndexRebuild', data: { type, generation, requestedBy } },
      derivedOrigin(origin, type),
    )
    return rebuild(name)
  }
  const requested = await Promise.all(types.map(request))
  return types[requested.indexOf(false)]
}
