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

/** An index that is not rebuilt, and why. */
type Refused = { readonly type: SearchType; readonly why: 'missing' | 'building' }

/**
 * Requests rebuilds of search indices, and records that they were requested.
 * @returns the first type whose index is not rebuilt, and why: there is none here, or a rebuild with a gate is under way;
 *   undefined when all were requested
 */
export const requestRebuilds = async (
  { types, requestedBy, origin }: Wanted,
  {
    executor,
    projections,
    rebuild,
  }: { readonly executor: Pick<Executor, 'execute'> } & Pick<Operations, 'projections' | 'rebuild'>,
): Promise<Refused | undefined> => {
  const statuses = await projections()
  const request = async (type: SearchType): Promise<Refused | undefined> => {
    const { name } = searchables[type].projection
    const status = statuses.find((one) => one.name === name)
    if (status?.rebuild?.gate) return { type, why: 'building' }
    const generation = status?.generation ?? 0
    // Recorded first: a request that fails afterwards is sent again.
    await executor.execute(
      searchIndex,
      searchIndexIdOf(type),
      { type: 'RequestIndexRebuild', data: { type, generation, requestedBy } },
      derivedOrigin(origin, type),
    )
    const begun = await rebuild(name)
    if (begun === 'begun') return undefined
    return { type, why: begun ?? 'missing' }
  }
  const refused = await Promise.all(types.map(request))
  return refused.find((one) => one !== undefined)
}
