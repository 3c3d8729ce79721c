/** An order, as an admin reads it. */
export type FoundOrder = {
  readonly id: string
  readonly userId: string
  readonly status: string
  /** Id of its payment. */
  readonly payment?: string
}

/** An entry of the bank: a charge or a refund of a payment, in minor units. */
export type BankEntry = { readonly payment: string; readonly amount: number }

/** The audit of a read model. */
export type FoundAudit = {
  readonly name: string
  readonly state: string
  readonly looked: number
  readonly same: number
}

/** What Agora says at the end, read through its API, and what the bank says. */
export type Found = {
  readonly orders: readonly FoundOrder[]
  readonly charges: readonly BankEntry[]
  readonly refunds: readonly BankEntry[]
  /** By product. */
  readonly stock: ReadonlyMap<string, { readonly quantity: number; readonly reserved: number }>
  /** By seller of gigs, in minor units. */
  readonly earnings: ReadonlyMap<
    string,
    { readonly held: number; readonly captured: number; readonly refunded: number }
  >
  /** By id; posts that are not there are missing. */
  readonly posts: ReadonlyMap<
    string,
    { readonly content: string; readonly likeCount: number; readonly commentCount: number }
  >
  /** Ids of comments, by post. */
  readonly comments: ReadonlyMap<string, readonly string[]>
  /** By user: the listed followers, and the number in the profile. */
  readonly followers: ReadonlyMap<
    string,
    { readonly ids: readonly string[]; readonly count: number }
  >
  /** By user, the latest first; `position` of the post's creation in the log. */
  readonly feeds: ReadonlyMap<string, readonly { readonly id: string; readonly position: number }[]>
  /** By product. */
  readonly reviews: ReadonlyMap<
    string,
    {
      readonly all: readonly { readonly id: string; readonly rating: number }[]
      readonly count: number
      readonly average: number
    }
  >
  /** By conversation. */
  readonly messages: ReadonlyMap<string, readonly { readonly id: string; readonly text: string }[]>
  /** Ids of the messages that were pushed, by `<conversation> <user>`, in the order of their arrival. */
  readonly heard: ReadonlyMap<string, readonly string[]>
  /** By id; files that are not there are missing. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly thumbnails: number }>
  readonly profiles: ReadonlyMap<string, { readonly name?: string; readonly bio?: string }>
  /** By user. */
  readonly notifications: ReadonlyMap<
    string,
    readonly {
      readonly id: string
      readonly type: string
      readonly channel: string
      readonly orderId?: string
    }[]
  >
  /** Ids of the posts that a search for a word finds. */
  readonly searches: ReadonlyMap<string, readonly string[]>
  /** By erased user: the status of their erasure and of an answer for their profile. */
  readonly erased: ReadonlyMap<string, { readonly erasure: string; readonly profile: number }>
  readonly audits: readonly FoundAudit[]
  readonly deadLetters: readonly string[]
}
