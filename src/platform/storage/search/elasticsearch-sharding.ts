/** How an index is divided and copied over the nodes of a cluster. */
export type Sharding = {
  /** Number of primary shards of an index; default 1. */
  readonly shards?: number
  /** Number of replicas of each; default: one where there is a second node. */
  readonly replicas?: number
}

/**
 * Settings of a new index. The hits of several shards are ordered as those of one: scores are constants, and ties are
 * ordered by fields.
 */
export const shardsOf = ({ shards = 1, replicas }: Sharding) => ({
  number_of_shards: shards,
  ...(replicas === undefined ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas }),
})
