import type { Client } from './client.ts'
import { Failed } from './failure.ts'
import { httpSource, type ReplaySource } from './replay-source.ts'

/** Reads the log where it lies, without an Agora in between; undefined when it is not within reach. */
export type OpenLog = (options: {
  /** Whether an embedded PostgreSQL may be started for it, where none runs. */
  readonly start: boolean
}) => Promise<ReplaySource | undefined>

/** By which way the log is to be read; the quickest one, where nothing is said. */
export type Way = {
  readonly direct?: boolean
  readonly http?: boolean
  /** Whether a certain Agora was named: then no other log is meant. */
  readonly named: boolean
}

/**
 * The quickest way to the log: where it lies if that can be reached, else over HTTP, else by starting PostgreSQL.
 * @throws Failed when it was to be read directly, and there is none
 */
export const openSource = async (
  client: Client,
  { direct, http, named }: Way,
  openLog: OpenLog,
): Promise<ReplaySource> => {
  if (http) return httpSource(client)
  if (direct) {
    const source = await openLog({ start: true })
    if (source) return source
    throw new Failed(
      'There is no log here to read directly; set POSTGRES_URL or EVENTSTORE_URL, or AGORA_DATA to the folder of an Agora.',
    )
  }
  if (named) return httpSource(client)
  const within = await openLog({ start: false })
  if (within) return within
  if (await client.answers()) return httpSource(client)
  return (await openLog({ start: true })) ?? httpSource(client)
}
