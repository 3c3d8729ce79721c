import type { Declared } from '../../src/docs/declared.ts'
import { channels, jobs, modules } from '../../src/domains/index.ts'
import { sagaOverview } from '../../src/runtime/saga-overview.ts'
import { projections } from '../../src/projections/index.ts'
import { sagas as declareSagas } from '../../src/sagas/index.ts'

const sagas = declareSagas({ orderTimeout: 60_000 })

/** Everything that Agora declares. */
export const declared: Declared = {
  contexts: Object.fromEntries(modules.map(({ name, deciders }) => [name, deciders])),
  sagas,
  projections: [...projections, sagaOverview(sagas)],
  jobs,
  workflows: modules.flatMap(({ name: context, workflows }) =>
    workflows.map(({ name, about }) => ({ context, name, about })),
  ),
  sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
}
