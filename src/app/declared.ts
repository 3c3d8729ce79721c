import { catalogue, declarationOf, type AnyProjection, type AnySaga } from '#kernel'
import { BadConfig, type Config } from '../config.ts'
import { modules as declaredModules } from '../domains/index.ts'
import { projectionsBy } from '../projections/index.ts'
import { sagaOverview } from '../runtime/saga-overview.ts'
import { sagas as declareSagas } from '../sagas/index.ts'
import { joinedChannels } from '../serving/joined-channels.ts'
import type { Module } from '../serving/module.ts'

/** Declarations in addition to those of Agora, for tests and the bench. */
export type Further = {
  readonly modules?: readonly Module[]
  readonly projections?: readonly AnyProjection[]
  readonly sagas?: readonly AnySaga[]
}

/**
 * Joins the declarations of all contexts: everything that a process declares.
 * @throws BadConfig when a gate is set for a read model that is not declared
 */
export const allDeclared = (config: Config, further: Further) => {
  const modules: readonly Module[] = [...declaredModules, ...(further.modules ?? [])]
  const deciders = modules.flatMap(({ deciders: own }) => own)
  const sagas: readonly AnySaga[] = [
    ...declareSagas({ orderTimeout: config.orderTimeout }),
    ...(further.sagas ?? []),
  ]
  const overview = sagaOverview(sagas)
  const projections: readonly AnyProjection[] = [
    ...projectionsBy(config),
    overview,
    ...(further.projections ?? []),
  ]
  for (const name of config.rebuildGates.keys())
    if (!projections.some((one) => one.name === name))
      throw new BadConfig(
        `The environment is invalid: AGORA_REBUILD_GATE names ${name}, which is no read model`,
      )
  return {
    modules,
    deciders,
    channels: joinedChannels(modules.flatMap(({ channels: own }) => own)),
    /** Jobs that are not bound to their ports yet. */
    jobs: modules.flatMap(({ jobs: own }) => own),
    sagas,
    events: catalogue([...deciders, ...sagas.map(declarationOf)]),
    /** The read model of all runs of sagas, one of `projections`. */
    overview,
    projections,
  }
}
