import { Type } from 'typebox'
import { Fields, projection, type AnyProjection } from '#kernel'
import { account } from '../../../src/domains/identity/language.ts'
import { inventory } from '../../../src/projections/inventory.ts'

/** A read model of suspended accounts: no counted command suspends one. */
const bystander = (number: number): AnyProjection =>
  projection({
    name: `bystander_${number}`,
    store: 'postgres',
    within: 60_000,
    document: Fields({ id: Type.String() }),
    from: [account],
    key: ({ id }) => id,
  }).rules({ AccountSuspended: (_, { id }) => ({ id }) })

/** The read model `inventory` under another name. */
const companion = (number: number): AnyProjection => ({
  ...inventory,
  name: `inventory_companion_${number}`,
})

/**
 * Returns further read models beside the declared ones, to measure their cost.
 * @param counts.bystanders number of those that read no event of a counted command
 * @param counts.companions number of those that read the events of `inventory`
 */
export const bystanders = (counts: {
  readonly bystanders: number
  readonly companions: number
}): readonly AnyProjection[] => [
  ...Array.from({ length: counts.bystanders }, (_, number) => bystander(number + 1)),
  ...Array.from({ length: counts.companions }, (_, number) => companion(number + 1)),
]
