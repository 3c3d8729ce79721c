import { checkTypes } from './check-types.ts'
import type { Client } from './client.ts'
import { Failed } from './failure.ts'
import type { TryRules } from './try-rules.ts'
import { httpSource, type ReplaySource } from './replay-source.ts'

/** Opens the log directly, without an Agora in between; resolves with undefined when it cannot be reached. */
export type OpenLog = (options: {
  /** Whether an embedded PostgreSQL may be started, where none runs. */
  readonly start: boolean
}) => Promise<ReplaySource | undefined>

/** Access to the log of this Agora. */
export type LogAccess = {
  readonly openLog: OpenLog
  /** The event types that this version of Agora declares. */
  readonly eventTypes: () => Promise<ReadonlySet<string>>
  readonly tryRules: TryRules
}

/** How to read the log: directly, over HTTP, or by default the fastest possible. */
export type SourceOptions = {
  readonly direct?: boolean
  readonly http?: boolean
  /** Whether the URL of an Agora was given: then no other log is used. */
  readonly hasUrl: boolean
  /** Event types that are selected. */
  readonly type?: readonly string[]
}

/**
 * Opens the log by the fastest means: directly if it can be reached, else over HTTP, else by starting PostgreSQL.
 * @throws Failed when a direct read is requested and there is no log
 * @throws BadUsage when a selected event type is not known
 */
export const openSource = async (
  client: Client,
  options: SourceOptions,
  { openLog, eventTypes }: Pick<LogAccess, 'openLog' | 'eventTypes'>,
): Promise<ReplaySource> => {
  await using opening = new AsyncDisposableStack()
  const source = opening.use(await chooseSource(client, options, openLog))
  if (options.type) await checkTypes(source, options.type, eventTypes)
  opening.move()
  return source
}

const chooseSource = async (
  client: Client,
  { direct, http, hasUrl }: SourceOptions,
  openLog: OpenLog,
): Promise<ReplaySource> => {
  if (http) return httpSource(client)
  if (direct) {
    const source = await openLog({ start: true })
    if (source) return source
    throw new Failed(
      'There is no log to read directly; set POSTGRES_URL or EVENTSTORE_URL, or AGORA_DATA to the folder of an Agora.',
    )
  }
  if (hasUrl) return httpSource(client)
  const reachable = await openLog({ start: false })
  if (reachable) return reachable
  if (await client.answers()) return httpSource(client)
  return (await openLog({ start: true })) ?? httpSource(client)
}
