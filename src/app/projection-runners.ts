import type { AnyProjection, Store } from '#kernel'
import { BadConfig } from '../config.ts'
import { whyWhole } from '../runtime/parts.ts'

/**
 * Checks the configured numbers of runners.
 * @param deps.storeFor the store that the documents of a projection are in
 * @returns the numbers by the name of the projection
 * @throws BadConfig for a name that no projection has, and for a projection that cannot be folded in parts
 */
export const checkedRunners = (
  runners: ReadonlyMap<string, number>,
  projections: readonly AnyProjection[],
  { storeFor }: { readonly storeFor: (projection: AnyProjection) => Store },
): ReadonlyMap<string, number> => {
  for (const [name, number] of runners) {
    const projection = projections.find((one) => one.name === name)
    if (!projection)
      throw new BadConfig(
        `The environment is invalid: AGORA_PROJECTION_RUNNERS names ${name}, which is no read model`,
      )
    const reason = whyWhole(projection, storeFor(projection) === 'postgres')
    if (number > 1 && reason !== undefined)
      throw new BadConfig(
        `The environment is invalid: AGORA_PROJECTION_RUNNERS names ${name}, which has one runner only: ${reason}`,
      )
  }
  return runners
}
