import type { Call, Reply } from '../support/http.ts'
import type { Chance } from './chance.ts'
import type { Kept } from './kept.ts'

/** An answer, and how many requests it took. */
export type Answered = Reply & { readonly tries: number }

/** Sends a request until Agora gives a definite answer, whichever process it takes. POSTs have keys. */
export type PatientCall = (
  method: Parameters<Call>[0],
  path: string,
  body?: object,
) => Promise<Answered>

/** A user of the soak. */
export type Member = {
  readonly id: string
  readonly email: string
  readonly call: PatientCall
  /** Uploads a file. */
  readonly upload: (file: {
    readonly name: string
    readonly type: string
    readonly bytes: Buffer
  }) => Promise<Answered>
  /** Reads bytes. */
  readonly bytes: (path: string) => Promise<Buffer>
  /** A token that is good for some minutes. */
  readonly token: () => Promise<string>
}

/** What actions act on. */
export type World = {
  readonly kept: Kept
  readonly chance: Chance
  readonly admin: Member
  /** Users who act all the while. */
  readonly people: readonly Member[]
  /** Sellers of gigs, with the gig of each and the price of its package, in minor units. */
  readonly sellers: readonly {
    readonly member: Member
    readonly gigId: string
    readonly price: number
  }[]
  /** Products on sale, the latest last. */
  readonly products: { readonly id: string; readonly price: number }[]
  readonly register: () => Promise<Member>
  /** A word that no other text has. */
  readonly word: () => string
  /** Notes an answer that no client expects. */
  readonly wrong: (what: string, answer: Reply) => void
  /** Asks until a condition holds. @throws Error after ten minutes */
  readonly until: <T>(ask: () => Promise<T>, holds: (answer: T) => boolean) => Promise<T>
}

/** Something that a user does. */
export type Action = (world: World, me: Member) => Promise<void>
