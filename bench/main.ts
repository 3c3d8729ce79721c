/**
 * `npm run bench`: how quick Agora is, beside what the machine can do. Runs every part on a PostgreSQL of its own with
 * the product's durable settings, prints a table and writes `bench/results/<time>.json`. A goal that is missed is said,
 * and is no failure: the machine may be busy.
 *
 * --log eventstoredb    commands and catching up with the log behind our EventStoreDB endpoint, in a process of its own,
 *                       beside the same on the Postgres log
 * --only http,execute   only these parts
 * --quick               shorter: to see that it works, not for its numbers
 * --profile             writes V8 CPU profiles of what is measured beside the result, and prints what took the time
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { onStopSignals } from '../src/app/stop-signals.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/embedded-postgres.ts'
import { isLogName, parts } from './parts.ts'
import { cpuOf, cpuOfMachine, share } from './support/cpu.ts'
import { machine } from './support/machine.ts'
import { table, type Measure } from './support/measure.ts'
import { hottest } from './support/profile.ts'
import { runPart } from './support/run-part.ts'

const { values } = parseArgs({
  options: {
    log: { type: 'string', default: 'postgres' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
})
const { log } = values
if (!isLogName(log)) {
  console.error(`No log is called ${log}. There are: ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}
const known = parts[log].map(({ name }) => name)
const names = values.only?.split(',') ?? known
const unknown = names.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`No part is called ${unknown.join(', ')}. There are: ${known.join(', ')}`)
  process.exit(2)
}

/** What came of a part. */
type Measured = {
  readonly part: string
  readonly seconds: number
  /** How much of a core other programs took meanwhile: what the figures suffered from. */
  readonly others: string
  readonly measures: readonly Measure[]
}

const result = join(
  import.meta.dirname,
  'results',
  new Date().toISOString().replaceAll(':', '-').slice(0, 19),
)

/** Prints what took the time in each profile. */
const printProfiles = async (): Promise<void> => {
  const files = (await readdir(dirname(result))).filter(
    (file) => file.startsWith(basename(result)) && file.endsWith('.cpuprofile'),
  )
  for (const file of files.toSorted()) {
    console.log(`\n${file}`)
    const profile = JSON.parse(await readFile(join(dirname(result), file), 'utf8'))
    for (const line of hottest(profile)) console.log(line)
  }
}

const stop = new AbortController()
onStopSignals(
  () => stop.abort(),
  () => process.exit(130),
)

const started = performance.now()
await mkdir(dirname(result), { recursive: true })
const folder = await mkdtemp(join(tmpdir(), 'agora-bench-'))
try {
  await using postgres = await startEmbeddedPostgres({ folder: join(folder, 'run') })
  const setting = {
    postgresUrl: postgres.url,
    postgresPid: postgres.pid,
    folder,
    quick: values.quick,
    ...(values.profile && { profiles: result }),
  }
  const measured: Measured[] = []
  for (const part of parts[log].filter(({ name }) => names.includes(name))) {
    const since = performance.now()
    const ours = cpuOf(process.pid)
    const all = cpuOfMachine()
    const measures = await runPart(part, log, setting, stop.signal)
    const seconds = (performance.now() - since) / 1_000
    const others = share(Math.max(0, cpuOfMachine() - all - (cpuOf(process.pid) - ours)), seconds)
    measured.push({ part: part.name, seconds, others, measures })
    console.log(
      `\n${part.title} (took ${seconds.toFixed(0)} s; other programs meanwhile: ${others} of a core)\n`,
    )
    console.log(table(measures))
  }

  const about = await machine(postgres.url)
  const goals = measured.flatMap(({ measures }) => measures.flatMap(({ goal }) => goal ?? []))
  const missed = goals.filter(({ met }) => !met).length
  const took = (performance.now() - started) / 1_000
  console.log(
    `\n${goals.length - missed} of ${goals.length} goals met, in ${took.toFixed(0)} s${values.quick ? ' (quick: not to be relied on)' : ''}`,
  )
  console.log(Object.values(about).join(', '))
  await writeFile(
    `${result}.json`,
    `${JSON.stringify({ at: new Date().toISOString(), log, quick: values.quick, machine: about, parts: measured }, null, 2)}\n`,
  )
  console.log(`Written to ${join('bench/results', `${basename(result)}.json`)}`)
  if (values.profile) await printProfiles()
} catch (error) {
  if (!stop.signal.aborted) throw error
  process.exitCode = 130
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}
