import type { AnyDecider } from '#kernel'
import type { AnyChannel } from './channel.ts'
import type { AnyRoute } from './route.ts'

/** A bounded context, or a part of Agora that operators use, as data: everything that edges loop over. */
export type Module<Deciders extends readonly AnyDecider[] = readonly AnyDecider[]> = {
  /** Also the name of the service in the registry, and the tag of its routes. */
  readonly name: string
  /** What it is for, in a few words. */
  readonly about: string
  readonly deciders: Deciders
  readonly routes: readonly AnyRoute[]
  readonly channels: readonly AnyChannel[]
}

/** Declares a module. What is left out, it has none of. */
export const module = <const Deciders extends readonly AnyDecider[] = readonly []>({
  name,
  about,
  deciders,
  routes = [],
  channels = [],
}: {
  readonly name: string
  readonly about: string
  readonly deciders?: Deciders
  readonly routes?: readonly AnyRoute[]
  readonly channels?: readonly AnyChannel[]
}): Module<Deciders> => ({
  name,
  about,
  // An empty tuple is what the type parameter stands for by default.
  deciders: deciders ?? ([] as unknown as Deciders),
  routes,
  channels,
})
