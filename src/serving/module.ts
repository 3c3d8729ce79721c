import type { AnyDecider, Published } from '#kernel'
import type { AnyChannel } from './channel.ts'
import type { DeclaredChore } from './chore.ts'
import type { Erase } from './erase.ts'
import type { DeclaredJob } from './job.ts'
import type { AnyRoute } from './route.ts'
import type { DeclaredWorkflow } from './workflow.ts'

/** A bounded context, or a part of Agora for operators, as data: everything that the edges serve and run. */
export type Module<Deciders extends readonly AnyDecider[] = readonly AnyDecider[]> = {
  /** Also the name of the service in the registry, and the tag of its routes. */
  readonly name: string
  /** Its purpose, in a few words. */
  readonly about: string
  readonly deciders: Deciders
  /** Its events for other systems, as bridges publish them. */
  readonly published: readonly Published[]
  readonly routes: readonly AnyRoute[]
  /** Namespaces of the sockets. */
  readonly channels: readonly AnyChannel[]
  /** Effects on the outside world that events trigger. */
  readonly jobs: readonly DeclaredJob[]
  /** Periodic tasks, not triggered by events. */
  readonly chores: readonly DeclaredChore[]
  /** Types of scheduled jobs: work that admins schedule. */
  readonly workflows: readonly DeclaredWorkflow[]
  /** Erases the data that the context holds of a departed user. Default: it holds none. */
  readonly erase?: Erase | undefined
}

/** Declares a module. Omitted parts are empty. */
export const module = <const Deciders extends readonly AnyDecider[] = readonly []>({
  name,
  about,
  deciders,
  published = [],
  routes = [],
  channels = [],
  jobs = [],
  chores = [],
  workflows = [],
  erase,
}: Pick<Module, 'name' | 'about'> &
  Partial<Omit<Module, 'name' | 'about' | 'deciders'>> & {
    readonly deciders?: Deciders
  }): Module<Deciders> => ({
  name,
  about,
  // The default of the type parameter is the empty tuple.
  deciders: deciders ?? ([] as unknown as Deciders),
  published,
  routes,
  channels,
  jobs,
  chores,
  workflows,
  erase,
})
