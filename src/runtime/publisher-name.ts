/** Name of the follower that publishes to a broker: that of its lease and its checkpoint. */
export const publisherOf = (broker: string): string => `bridge:${broker}`
