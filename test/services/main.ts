// Runs services for tests until it is stopped: `npm run services -- mongodb elasticsearch s3 kafka`. Prints the variables that
// `npm test` reads, one a line, once each service answers.
import { messageOf } from '#kernel/error-message'
import { elasticsearch } from './elasticsearch.ts'
import { kafka } from './kafka.ts'
import { mongodb } from './mongodb.ts'
import { s3 } from './s3.ts'
import { startService } from './service.ts'

const services = {
  mongodb: { program: mongodb, variable: 'TEST_MONGO_URL' },
  elasticsearch: { program: elasticsearch, variable: 'TEST_ELASTICSEARCH_URL' },
  s3: { program: s3, variable: 'TEST_S3_URL' },
  // Tests kill theirs, so each starts its own: here its jars are fetched.
  kafka: { program: kafka, variable: 'TEST_KAFKA', isFetched: true },
}
const isService = (name: string): name is keyof typeof services => Object.hasOwn(services, name)

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(services)
const unknown = names.filter((name) => !isService(name))
if (unknown.length > 0) throw new Error(`There is no service ${unknown.join(', ')}`)

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
})
await using started = new AsyncDisposableStack()
await Promise.all(
  names.filter(isService).map(async (name) => {
    const { program, variable, ...how } = services[name]
    try {
      if ('isFetched' in how) {
        await program.fetch()
        process.stdout.write(`${variable}=fetched\n`)
        return
      }
      const service = started.use(await startService(program))
      process.stdout.write(`${variable}=${service.url}\n`)
    } catch (error) {
      // Tests that need it are skipped then; those of the others run.
      process.stderr.write(`${name} cannot be had: ${messageOf(error)}\n`)
      process.stdout.write(`${variable}=\n`)
    }
  }),
)
const alive = setInterval(() => undefined, 60_000)
await stopped
clearInterval(alive)
