import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { versionOfAgora } from '../../platform/version.ts'
import { atomicFile } from './atomic-file.ts'
import { Failed } from './failure.ts'
import { eventFile } from './export-file.ts'
import { exportEvents } from './export.ts'
import { planOf, repeatOf, type ExportPlan } from './export-plan.ts'
import { differences, manifestName, readManifest, type Format, type Manifest } from './manifest.ts'
import { showProgress } from './progress.ts'
import type { Selection } from './replay-command.ts'
import { openSource, type LogAccess, type SourceOptions } from './replay-open.ts'
import type { Session } from './session.ts'
import { formatCount, formatDuration, plural } from './wording.ts'

/** Options of `agora export`. */
export type ExportCommand = Selection &
  SourceOptions & {
    /** The folder to write to; created if it does not exist. */
    readonly out: string
    /** Default: NDJSON, or the format of the repeated export. */
    readonly format?: Format
    /** Path of the manifest of an export to repeat and compare. Excludes the options of `Selection`. */
    readonly repeat?: string
    readonly force?: boolean
  }

const folderAt = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw new Failed(`The folder ${path} cannot be created; choose another place.`, {
      cause: error,
    })
  }
}

/** Text of the manifest file; equal manifests give equal text. */
const textOf = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`

/**
 * `agora export`: writes a range of the log to a folder, with a manifest by which the export can be repeated.
 * @throws Failed when a repeated export differs
 */
export const exportCommand = async (
  session: Session,
  command: ExportCommand,
  access: LogAccess,
): Promise<void> => {
  const { out, repeat, force: replace = false } = command
  const before = repeat === undefined ? undefined : await readManifest(repeat)
  const format = command.format ?? before?.files[0]?.format ?? 'ndjson'
  const plan: ExportPlan = before ? repeatOf(before) : planOf(command)
  const version = versionOfAgora()
  await folderAt(out)
  // Both files are opened first: if one cannot be written, the other is not replaced and no time is spent.
  await using manifestFile = await atomicFile(join(out, manifestName), { replace })
  await using file = await eventFile(out, format, { replace, version })
  await using source = await openSource(session.client, command, access)

  const exportedAt = new Date().toISOString()
  const started = performance.now()
  const span = await plan.spanIn(source)
  const head = await source.head()
  const progress = showProgress(session.screen, 'Exporting')
  let events: Manifest['events']
  try {
    const { show } = progress
    const { wanted } = plan
    events = await exportEvents({ source, span, wanted, file, show, signal: session.signal })
  } finally {
    progress.end()
  }
  const written = await file.finish()
  const manifest: Manifest = {
    formatVersion: 1,
    agora: version,
    exportedAt,
    source: source.via,
    filter: plan.filter,
    range: { ...plan.requested, after: String(span.after), last: String(span.last) },
    head: String(head),
    events,
    files: [written],
  }
  await manifestFile.write(textOf(manifest))
  await manifestFile.finish()

  const took = formatDuration((performance.now() - started) / 1_000)
  session.info(
    `${plural(events.count, 'event')} in ${join(out, written.name)} (${formatCount(written.bytes)} bytes), after ${took}.`,
  )
  session.info(`SHA-256 of the events: ${events.sha256}`)
  if (before) compare(session, before, manifest)
}

const compare = ({ info }: Session, before: Manifest, now: Manifest): void => {
  const found = differences(before.events, now.events)
  if (found.length === 0) return info('The same as before.')
  const why = [
    ...(BigInt(now.head) < BigInt(before.range.last)
      ? [`The log ends at ${now.head}: it is another log, or an older copy.`]
      : []),
    ...(before.agora === now.agora
      ? []
      : [
          `The manifest is of Agora ${before.agora}, this is ${now.agora}: they may mask events differently.`,
        ]),
  ]
  throw new Failed(['The export differs from the one before.', ...found, ...why].join('\n'))
}
