import type { Writable } from 'node:stream'
import { categoryOf } from '#kernel/message'
import { atomicFile, type AtomicFile } from './atomic-file.ts'
import { BadUsage } from './failure.ts'
import { showProgress } from './progress.ts'
import { replay } from './replay.ts'
import { openSource, type LogAccess, type SourceOptions } from './replay-open.ts'
import { boundOf } from './replay-range.ts'
import type { EventFilter } from './replay-source.ts'
import type { Session } from './session.ts'
import { formatDuration, plural } from './wording.ts'

/** Options that select a part of the log. */
export type Selection = {
  readonly category?: readonly string[]
  readonly type?: readonly string[]
  readonly from?: string
  readonly to?: string
}

/** Options of `agora replay`. */
export type ReplayCommand = Selection &
  SourceOptions & {
    readonly stream?: string
    readonly speed?: number
    readonly follow?: boolean
    /** A file, or `-` for standard output. */
    readonly out: string
    readonly force?: boolean
  }

/** Standard output as a file; `finish` does nothing. */
export const outputOf = (stdout: Writable): AtomicFile => ({
  write: (text) =>
    new Promise((resolve, reject) => {
      stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
  finish: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
})

/** Parses the range of a command. @throws BadUsage when a bound is neither a position nor a time */
export const rangeOf = ({ from, to }: Selection) => ({
  from: from === undefined ? undefined : boundOf('--from', from),
  to: to === undefined ? undefined : boundOf('--to', to),
})

/** Returns the filter of a command by categories and types. */
export const wantedOf = ({ category, type }: Selection): EventFilter => ({
  ...(category && { categories: category }),
  ...(type && { types: type }),
})

const ofStream = (stream: string): EventFilter => {
  if (!/^[A-Za-z0-9]+-./.test(stream))
    throw new BadUsage(`--stream cannot be "${stream}"; a stream is named like order-<id>.`)
  return { categories: [categoryOf(stream)] }
}

/** `agora replay`: writes a range of the log as NDJSON. */
export const replayCommand = async (
  session: Session,
  command: ReplayCommand,
  access: LogAccess,
): Promise<void> => {
  const { stream, speed, follow = false, out, force = false } = command
  const range = rangeOf(command)
  const wanted = { ...wantedOf(command), ...(stream !== undefined && ofStream(stream)) }
  await using file =
    out === '-' ? outputOf(session.stdout) : await atomicFile(out, { replace: force })
  await using source = await openSource(session.client, command, access)
  const progress = showProgress(session.screen, 'Replaying')
  const started = performance.now()
  let following = false
  let events: number
  try {
    events = await replay({
      source,
      range,
      wanted,
      stream,
      speed,
      follow,
      write: file.write,
      show: progress.show,
      caughtUp: () => {
        following = true
        progress.end()
        session.info('Caught up; waiting for new events. Ctrl-C ends the replay.')
      },
      signal: session.signal,
    })
  } finally {
    if (!following) progress.end()
  }
  await file.finish()
  const took = formatDuration((performance.now() - started) / 1_000)
  session.info(`${plural(events, 'event')}${out === '-' ? '' : ` in ${out}`}, after ${took}.`)
}
