/** An order that Agora acknowledged. */
export type KeptOrder = {
  readonly id: string
  readonly buyer: string
  readonly kind: 'product' | 'gig'
  /** The seller of a gig. */
  readonly seller?: string
  readonly refId: string
  readonly pieces: number
  /** Of a piece, in minor units. */
  readonly price: number
  /** Acknowledged with 200. */
  isCancelled: boolean
  /** Pieces of which the refund was acknowledged; of a gig, 1 for all. */
  refundedPieces: number
  /** Pieces that were refunded or returned, and put into stock again. */
  restockedPieces: number
  /** Minor units of a gig's price that were given back by a refund in part. */
  refundedAmount: number
  /** Status that the acknowledged steps end in; undefined if several are right. */
  ends?: string
}

/** A post that was acknowledged. */
export type KeptPost = {
  readonly id: string
  readonly author: string
  /** A word that no other text has. */
  readonly word: string
  content: string
  isDeleted: boolean
}

/** A comment that was acknowledged. */
export type KeptComment = {
  readonly id: string
  readonly postId: string
  readonly author: string
  isDeleted: boolean
}

/** A review that was acknowledged. */
export type KeptReview = {
  readonly id: string
  readonly productId: string
  readonly author: string
  rating: number
  isDeleted: boolean
}

/** A conversation, and the texts that were acknowledged, by the ids of the messages. */
export type KeptConversation = {
  readonly id: string
  readonly participants: readonly [string, string]
  readonly messages: Map<string, string>
}

/** A file whose upload was acknowledged. */
export type KeptFile = {
  readonly id: string
  readonly owner: string
  readonly sha256: string
  /** Pictures lose their metadata, and so have other bytes. */
  readonly isPicture: boolean
  isDeleted: boolean
}

/** A profile, as it was acknowledged last. */
export type KeptProfile = { name?: string; bio?: string }

/** What a soak knows of Agora: only what was acknowledged, by the ids of Agora. */
export type Kept = {
  /** Ids of the users who act all the while. */
  readonly people: string[]
  /** Ids of users whose erasure was acknowledged. */
  readonly erased: Set<string>
  /** Pieces that were delivered of each product. */
  readonly delivered: Map<string, number>
  readonly orders: Map<string, KeptOrder>
  readonly posts: Map<string, KeptPost>
  readonly comments: Map<string, KeptComment>
  /** `<post> <user>` */
  readonly likes: Set<string>
  /** `<follower> <followed>` */
  readonly follows: Set<string>
  readonly reviews: Map<string, KeptReview>
  readonly conversations: Map<string, KeptConversation>
  readonly files: Map<string, KeptFile>
  readonly profiles: Map<string, KeptProfile>
}

/** Begins books that are empty. */
export const emptyKept = (): Kept => ({
  people: [],
  erased: new Set(),
  delivered: new Map(),
  orders: new Map(),
  posts: new Map(),
  comments: new Map(),
  likes: new Set(),
  follows: new Set(),
  reviews: new Map(),
  conversations: new Map(),
  files: new Map(),
  profiles: new Map(),
})
