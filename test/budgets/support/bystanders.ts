import { Type } from 'typebox'
import { Fields, projection, type AnyProjection } from '#kernel'
import { account } from '../../../src/domains/identity/language.ts'
import { inventory } from '../../../src/projections/inventory.ts'

/** A read model of suspended accounts: none of the commands that are counted suspends one. */
const bystander = (number: number): AnyProjection =>
  projection({
    name: `bystander_${number}`,
    store: 'postgres',
    document: Fields({ id: Type.String() }),
    from: [account],
    key: ({ id }) => id,
  }).rules({ AccountSuspended: (_, { id }) => ({ id }) })

/** A read model that folds what `inventory` folds, under another name. */
const companion = (number: number): AnyProjection => ({
  ...inventory,
  name: `inventory_companion_${number}`,
})

/**
 * Further read models beside the declared ones, to see what each of them costs.
 * @param counts.bystanders so many that read nothing of what is counted
 * @param counts.companions so many that read what `inventory` reads
 */
export const bystanders = (counts: {
  readonly bystanders: number
  readonly companions: number
}): readonly AnyProjection[] => [
  ...Array.from({ length: counts.bystanders }, (_, number) => bystander(number + 1)),
  ...Array.from({ length: counts.companions }, (_, number) => companion(number + 1)),
]
