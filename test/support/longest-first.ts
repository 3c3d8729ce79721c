import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, the longest first, as `npm test` prints them at its end: begun first, none of them is
 * still running while all other workers are idle.
 */
const longest: readonly string[] = [
  'test/web/desk-operations',
  'test/budgets/budgets',
  'test/journeys/buying-in-stores',
  'test/journeys/bundle',
  'test/journeys/two-processes',
  'test/journeys/eventstoredb',
  'test/journeys/embedded-postgres',
  'test/web/accounts',
  'test/web/network',
  'test/journeys/stopping',
  'test/new-context',
  'test/web/buying',
  'test/journeys/grpc',
  'test/web/marketplace',
  'test/journeys/elasticsearch-away',
  'test/journeys/forgetting-in-stores',
  'test/journeys/hostile',
  'test/journeys/five-processes',
  'test/journeys/mongo-away',
  'test/journeys/searching',
  'test/web/desk-orders',
  'test/journeys/analysts-cli',
  'test/web/chatting',
  'test/journeys/operating',
  'test/journeys/forgetting-processes',
  'test/journeys/postgres-away',
  'test/journeys/refunding',
  'test/web/desk-events',
  'test/journeys/killed',
  'test/journeys/moving',
  'test/journeys/buying',
  'test/budgets/start',
  'test/journeys/redis',
  'test/journeys/uploading',
  'test/journeys/demo',
  'test/journeys/hung-postgres',
  'test/journeys/chatting',
  'test/web/notifications',
  'test/journeys/told-addresses',
  'test/journeys/posting',
  'test/web/desk-figures',
  'test/journeys/charged-unrecorded',
  'test/fuzz/short',
  'test/journeys/moving-stores',
  'test/journeys/keys',
  'test/web/desk-outside',
  'test/web/frame',
  'src/platform/messaging/queue/bullmq',
  'src/platform/storage/search/elasticsearch-outages',
  'src/platform/messaging/bridge/bridge',
  'src/platform/messaging/bridge/rabbitmq',
  'src/platform/storage/search/elasticsearch',
  'src/platform/external/pictures/pictures',
  'src/platform/storage/event-log/eventstoredb',
  'src/domains/analytics/channel/play',
  'src/platform/storage/blobs/cloudinary',
  'src/platform/storage/event-log/eventstoredb-stern',
  'src/platform/messaging/process-bus/between',
  'src/platform/storage/documents/postgres',
  'src/runtime/orchestrate',
  'src/domains/notifications/services/send-promotion',
  'src/edges/cli/copy-to-eventstoredb',
  'src/domains/profiles/routes/lists',
]

/**
 * Runs journeys before units, as a worker that goes on with another project is started anew; and in each of these the
 * longest files first, then the others in the usual order.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification): number => {
      const rank = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return (project.name === 'journeys' ? 0 : 1_000) + (rank < 0 ? longest.length : rank)
    }
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
