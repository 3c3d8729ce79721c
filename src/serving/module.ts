import type { AnyDecider } from '#kernel'
import type { AnyChannel } from './channel.ts'
import type { DeclaredChore } from './chore.ts'
import type { Erase } from './erase.ts'
import type { DeclaredJob } from './job.ts'
import type { AnyRoute } from './route.ts'

/** A bounded context, or a part of Agora that operators use, as data: everything that edges loop over. */
export type Module<Deciders extends readonly AnyDecider[] = readonly AnyDecider[]> = {
  /** Also the name of the service in the registry, and the tag of its routes. */
  readonly name: string
  /** What it is for, in a few words. */
  readonly about: string
  readonly deciders: Deciders
  readonly routes: readonly AnyRoute[]
  /** Namespaces of the sockets. */
  readonly channels: readonly AnyChannel[]
  /** Effects on the outside world that events ask for. */
  readonly jobs: readonly DeclaredJob[]
  /** Tasks run at intervals, not triggered by an event. */
  readonly chores: readonly DeclaredChore[]
  /** Erases the data it holds of a departed user. Default: it holds nothing. */
  readonly erase?: Erase | undefined
}

/** Declares a module. What is left out, it has none of. */
export const module = <const Deciders extends readonly AnyDecider[] = readonly []>({
  name,
  about,
  deciders,
  routes = [],
  channels = [],
  jobs = [],
  chores = [],
  erase,
}: Pick<Module, 'name' | 'about'> &
  Partial<Omit<Module, 'name' | 'about' | 'deciders'>> & {
    readonly deciders?: Deciders
  }): Module<Deciders> => ({
  name,
  about,
  // An empty tuple is what the type parameter stands for by default.
  deciders: deciders ?? ([] as unknown as Deciders),
  routes,
  channels,
  jobs,
  chores,
  erase,
})
