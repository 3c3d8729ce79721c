import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, the longest first, as `npm test` prints them at its end: begun first, none of them is
 * still running while all other workers are idle.
 */
const longest: readonly string[] = [
  'test/journeys/eventstoredb',
  'test/journeys/bundle',
  'test/journeys/buying-in-stores',
  'test/new-context',
  'test/budgets/budgets',
  'src/platform/storage/search/elasticsearch',
  'test/journeys/embedded-postgres',
  'test/journeys/moving',
  'test/journeys/two-processes',
  'test/journeys/killed',
  'src/platform/storage/search/elasticsearch-outages',
  'test/journeys/stopping',
  'test/journeys/analysts-cli',
  'src/platform/messaging/queue/bullmq',
  'test/journeys/forgetting-in-stores',
  'test/journeys/forgetting-processes',
  'test/journeys/postgres-away',
  'test/journeys/hostile',
  'test/journeys/five-processes',
  'test/journeys/charged-unrecorded',
  'test/journeys/searching',
  'test/journeys/elasticsearch-away',
  'test/journeys/refunding',
  'test/journeys/moving-stores',
  'test/journeys/demo',
  'test/journeys/buying',
  'test/journeys/forgetting-killed',
  'src/platform/storage/event-log/eventstoredb',
  'test/journeys/uploading',
  'test/journeys/redis',
  'test/journeys/operating',
  'test/journeys/landed',
  'test/journeys/jobs-killed',
  'src/edges/cli/copy-to-eventstoredb',
  'src/platform/external/pictures/pictures',
  'test/journeys/cli',
  'test/web/desk-operations',
  'test/web/accounts',
  'test/web/network',
  'test/web/buying',
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
