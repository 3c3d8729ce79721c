import type { AnyProjection } from '#kernel'
import { BadUsage, Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { outputOf, rangeOf, wantedOf, type Selection } from './replay-command.ts'
import { openSource, type LogAccess, type SourceOptions } from './replay-open.ts'
import { pagesOf } from './replay-pages.ts'
import { spanOf } from './replay-range.ts'
import type { EventFilter } from './replay-source.ts'
import type { Session } from './session.ts'
import { table } from './table.ts'
import { lineIn, loadProjection } from './what-if-file.ts'
import { whatIf, type Problem } from './what-if.ts'
import { formatDuration, plural, truncated } from './wording.ts'

/** Options of `agora what-if`. */
export type WhatIfCommand = Selection &
  SourceOptions & {
    /** Path of the module that exports the projection. */
    readonly projection: string
    /** Key of the only document to print. */
    readonly document?: string
    /** Prints a table; one JSON document per line otherwise. */
    readonly table?: boolean
  }

/** Maximum number of problems that are printed one by one. */
const maxReported = 20

/** Number of documents from which a warning about memory is printed. */
const warnFrom = 1_000_000

/** Maximum length of the type names in a query of the API, in characters. */
const maxNamesLength = 1_000

/** Filter of the events to read: types that the projection reads and the command selects. */
const wantedBy = (projection: AnyProjection, selection: Selection): EventFilter => {
  const { categories, types } = wantedOf(selection)
  const read = types ? projection.reads.filter((type) => types.includes(type)) : projection.reads
  if (read.length === 0)
    throw new BadUsage(
      types
        ? `${projection.name} has no rule for any of the types that --type names; it reads ${projection.reads.join(', ')}.`
        : `${projection.name} has no rules, so it has no documents.`,
    )
  return {
    ...(categories && { categories }),
    // Where the names are too long for a query, all types are read, and others are skipped.
    ...(read.join().length <= maxNamesLength && { types: read }),
  }
}

const undeclaredTypes = ({ from, reads }: AnyProjection): readonly string[] => {
  const known = new Set(from.flatMap(({ events }) => Object.keys(events)))
  return reads.filter((type) => !known.has(type))
}

const problemLine = (file: string, { event, key, why, error }: Problem): string => {
  const document = key === undefined ? '' : `, document ${key}`
  return `${file}${lineIn(file, error)}: ${event.type} at position ${event.position} (${event.stream})${document}: ${why}`
}

/** `agora what-if`: prints the documents that a projection would have; writes nothing. */
export const whatIfCommand = async (
  session: Session,
  command: WhatIfCommand,
  access: LogAccess,
): Promise<void> => {
  const { projection: file, document: only } = command
  const range = rangeOf(command)
  const projection = await loadProjection(file)
  const wanted = wantedBy(projection, command)
  for (const type of undeclaredTypes(projection))
    session.info(`${file}: ${type} is not an event of the deciders in "from"; is it misspelt?`)

  let problems = 0
  const { documents, take } = whatIf(projection, {
    only,
    onProblem: (problem) => {
      problems += 1
      if (problems <= maxReported) session.info(problemLine(file, problem))
    },
  })

  await using source = await openSource(session.client, command, access)
  const started = performance.now()
  const span = await spanOf(source, range)
  const progress = showProgress(session.screen, 'Folding')
  const total = Number(span.last - span.after)
  let events = 0
  let warned = false
  try {
    for await (const page of pagesOf({ source, span, wanted, signal: session.signal })) {
      take(page.events)
      events += page.events.length
      progress.show({ done: Number(page.reached - span.after), total, events })
      if (warned || documents.size < warnFrom) continue
      warned = true
      session.info('There are more than a million documents, all in memory; select fewer events.')
    }
  } finally {
    progress.end()
  }
  await print(session, projection, documents, command.table)

  const took = formatDuration((performance.now() - started) / 1_000)
  session.info(
    `${plural(documents.size, 'document')} from ${plural(events, 'event')}, after ${took}.`,
  )
  if (problems > maxReported) session.info(`${plural(problems - maxReported, 'more problem')}.`)
  if (problems > 0)
    throw new Failed(`${plural(problems, 'problem')}: the affected documents are omitted above.`)
}

const cellOf = (value: unknown): string =>
  truncated(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 40)

const jsonOf = (key: string, document: unknown): string => {
  try {
    return JSON.stringify({ key, document })
  } catch (error) {
    throw new Failed(`The document ${key} cannot be written as JSON: ${String(error)}`, {
      cause: error,
    })
  }
}

const print = async (
  { out, stdout }: Session,
  projection: AnyProjection,
  documents: ReadonlyMap<string, unknown>,
  asTable: boolean | undefined,
): Promise<void> => {
  if (asTable) {
    const fields = Object.keys(projection.document.properties)
    const rows = [...documents].map(([key, document]) => [
      truncated(key, 40),
      ...fields.map((field) => cellOf(Reflect.get(Object(document), field))),
    ])
    return table(
      ['key', ...fields].map((title) => ({ title })),
      rows,
    ).forEach(out)
  }
  const { write } = outputOf(stdout)
  for (const [key, document] of documents) await write(`${jsonOf(key, document)}\n`)
}
