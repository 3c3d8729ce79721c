import type { AnyProjection } from '#kernel'
import { BadUsage, Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { outputOf, rangeOf, wantedOf, type Selection } from './replay-command.ts'
import { openSource, type OpenLog, type Way } from './replay-open.ts'
import { pagesOf } from './replay-pages.ts'
import { spanOf } from './replay-range.ts'
import type { Wanted } from './replay-source.ts'
import type { Session } from './session.ts'
import { table } from './table.ts'
import { lineIn, loadProjection } from './what-if-file.ts'
import { whatIf, type Problem } from './what-if.ts'
import { lasting, plural, shortened } from './wording.ts'

/** What `agora what-if` was told. */
export type WhatIfCommand = Selection &
  Way & {
    /** The path of the module that exports it. */
    readonly projection: string
    /** The key of the only document wanted. */
    readonly document?: string
    /** For people; a document a line otherwise. */
    readonly table?: boolean
  }

/** So many problems are told one by one. */
const toldAtMost = 20

/** From so many documents on, it is said that they are all in memory. */
const many = 1_000_000

/** What a query of a running Agora takes, in characters. */
const longestNames = 1_000

/** The events that matter: of the types that it reads and that were asked for. */
const wantedBy = (projection: AnyProjection, selection: Selection): Wanted => {
  const { categories, types } = wantedOf(selection)
  const read = types ? projection.reads.filter((type) => types.includes(type)) : projection.reads
  if (read.length === 0)
    throw new BadUsage(
      types
        ? `${projection.name} has no rule for any of the types that --type names; it reads ${projection.reads.join(', ')}.`
        : `${projection.name} has no rules; it would have no documents.`,
    )
  return {
    ...(categories && { categories }),
    // Where they are too many to ask for, the others are passed over here.
    ...(read.join().length <= longestNames && { types: read }),
  }
}

const strangers = ({ from, reads }: AnyProjection): readonly string[] => {
  const known = new Set(from.flatMap(({ events }) => Object.keys(events)))
  return reads.filter((type) => !known.has(type))
}

const problemLine = (file: string, { event, key, why, error }: Problem): string => {
  const document = key === undefined ? '' : `, document ${key}`
  return `${file}${lineIn(file, error)}: ${event.type} at position ${event.position} (${event.stream})${document}: ${why}`
}

/** `agora what-if`: prints the documents that a projection would have, and changes nothing anywhere. */
export const whatIfCommand = async (
  session: Session,
  command: WhatIfCommand,
  openLog: OpenLog,
): Promise<void> => {
  const { projection: file, document: only } = command
  const range = rangeOf(command)
  const projection = await loadProjection(file)
  const wanted = wantedBy(projection, command)
  for (const type of strangers(projection))
    session.say(`${file}: ${type} is no event of what it is declared to be from; is it misspelt?`)

  let problems = 0
  const { documents, take } = whatIf(projection, {
    only,
    onProblem: (problem) => {
      problems += 1
      if (problems <= toldAtMost) session.say(problemLine(file, problem))
    },
  })

  await using source = await openSource(session.client, command, openLog)
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
      if (warned || documents.size < many) continue
      warned = true
      session.say('There are more than a million documents, all in memory; ask for fewer events.')
    }
  } finally {
    progress.end()
  }
  await print(session, projection, documents, command.table)

  const took = lasting((performance.now() - started) / 1_000)
  session.say(
    `${plural(documents.size, 'document')} from ${plural(events, 'event')}, after ${took}.`,
  )
  if (problems > toldAtMost) session.say(`${plural(problems - toldAtMost, 'more problem')}.`)
  if (problems > 0)
    throw new Failed(`${plural(problems, 'problem')}: what they are about is left out above.`)
}

const cellOf = (value: unknown): string =>
  shortened(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 40)

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
      shortened(key, 40),
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
