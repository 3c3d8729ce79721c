import type { Writable } from 'node:stream'
import { atomicFile, type AtomicFile } from './atomic-file.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { replay } from './replay.ts'
import { boundOf } from './replay-range.ts'
import { httpSource, type ReplaySource } from './replay-source.ts'
import type { Session } from './session.ts'
import { lasting, plural } from './wording.ts'

/** Reads the log where it lies, without an Agora in between; undefined when it is not within reach. */
export type OpenLog = (options: {
  /** Whether an embedded PostgreSQL may be started for it, where none runs. */
  readonly start: boolean
}) => Promise<ReplaySource | undefined>

/** What `agora replay` was told. */
export type ReplayCommand = {
  readonly category?: readonly string[]
  readonly type?: readonly string[]
  readonly from?: string
  readonly to?: string
  /** A file, or `-` for standard output. */
  readonly out: string
  readonly force?: boolean
  readonly direct?: boolean
  readonly http?: boolean
  /** Whether a certain Agora was named: then no other log is meant. */
  readonly named: boolean
}

/** The quickest way to the log: where it lies if that can be reached, else over HTTP, else by starting PostgreSQL. */
const openSource = async (
  { client }: Session,
  { direct, http, named }: ReplayCommand,
  openLog: OpenLog,
): Promise<ReplaySource> => {
  if (http) return httpSource(client)
  if (direct) {
    const source = await openLog({ start: true })
    if (source) return source
    throw new Failed(
      'There is no log here to read directly; set POSTGRES_URL, or AGORA_DATA to the folder of an Agora.',
    )
  }
  if (named) return httpSource(client)
  const within = await openLog({ start: false })
  if (within) return within
  if (await client.answers()) return httpSource(client)
  return (await openLog({ start: true })) ?? httpSource(client)
}

/** Standard output as a file; it has no name to be given in the end. */
const outputOf = (stdout: Writable): AtomicFile => ({
  write: (text) =>
    new Promise((resolve, reject) => {
      stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
  finish: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
})

/** `agora replay`: writes a part of the log as NDJSON. */
export const replayCommand = async (
  session: Session,
  command: ReplayCommand,
  openLog: OpenLog,
): Promise<void> => {
  const { category, type, from, to, out, force = false } = command
  const range = {
    from: from === undefined ? undefined : boundOf('--from', from),
    to: to === undefined ? undefined : boundOf('--to', to),
  }
  await using file =
    out === '-' ? outputOf(session.stdout) : await atomicFile(out, { replace: force })
  await using source = await openSource(session, command, openLog)
  const progress = showProgress(session.screen, 'Replaying')
  const started = performance.now()
  let events: number
  try {
    events = await replay({
      source,
      range,
      wanted: { ...(category && { categories: category }), ...(type && { types: type }) },
      write: file.write,
      show: progress.show,
      signal: session.signal,
    })
  } finally {
    progress.end()
  }
  await file.finish()
  const took = lasting((performance.now() - started) / 1_000)
  session.say(`${plural(events, 'event')}${out === '-' ? '' : ` in ${out}`}, after ${took}.`)
}
