import type { Declared } from '../../src/docs/declared.ts'
import { channels, modules } from '../../src/domains/index.ts'
import { jobs } from '../../src/jobs/index.ts'
import { sagaOverview } from '../../src/platform/runtime/saga-overview.ts'
import type { Executor } from '../../src/platform/runtime/execution.ts'
import { projections } from '../../src/projections/index.ts'
import { sagas as declareSagas } from '../../src/sagas/index.ts'

const nobody = async (): Promise<never> => {
  throw new Error('Nobody is there')
}
const executor: Executor = { execute: nobody, stateOf: nobody, basisOf: nobody }
const sagas = declareSagas({ orderTimeout: 60_000 })

/** Everything that Agora declares. */
export const declared: Declared = {
  contexts: Object.fromEntries(modules.map(({ name, deciders }) => [name, deciders])),
  sagas,
  projections: [...projections, sagaOverview(sagas)],
  jobs: jobs(
    {
      provider: {
        name: 'nobody',
        charge: nobody,
        outcomeOf: nobody,
        cancel: nobody,
        ledger: nobody,
        refund: nobody,
      },
      mailer: { send: nobody, close: nobody },
      readModels: { get: nobody, find: nobody, catchUp: nobody },
      letters: { links: { make: () => '' }, site: () => '' },
      forgetting: { forget: nobody, receiptOf: nobody },
      clock: () => new Date(0),
    },
    executor,
  ),
  sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
}
