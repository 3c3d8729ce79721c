import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, the longest first, as `npm test` prints them at its end: begun first, none of them is
 * still running while all other workers are idle.
 */
const longest: readonly string[] = [
  'test/budgets/budgets',
  'test/journeys/eventstoredb',
  'test/journeys/buying-in-stores',
  'test/journeys/bundle',
  'test/journeys/five-processes',
  'src/platform/messaging/queue/bullmq',
  'test/journeys/two-processes',
  'test/journeys/moving',
  'test/journeys/analysts-cli',
  'test/journeys/killed',
  'test/journeys/embedded-postgres',
  'test/new-context',
  'test/journeys/stopping',
  'test/journeys/cli',
  'src/platform/storage/search/elasticsearch',
  'src/platform/storage/search/elasticsearch-outages',
  'src/platform/storage/event-log/eventstoredb',
  'src/platform/engines/postgres/store-clock',
  'test/journeys/postgres-away',
  'src/platform/messaging/queue/postgres',
  'src/runtime/orchestrate',
  'src/edges/eventstore-protocol/endpoint-appending',
  'src/domains/identity/services/old-credentials',
  'src/platform/external/payments/simulator',
  'test/journeys/terminal',
  'test/journeys/refunding',
  'test/journeys/gig-orders',
  'test/journeys/redis',
  'test/journeys/landed',
  'test/journeys/buying',
]

/**
 * Runs the longest files of each project first, then its others in the usual order. Projects stay one after the other: a
 * worker that goes on with another one is started anew.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return rank < 0 ? longest.length : rank
    }
    const usual = await super.sort(files)
    return usual.toSorted((one, other) =>
      one.project.name === other.project.name ? rankOf(one) - rankOf(other) : 0,
    )
  }
}
