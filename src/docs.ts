import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format } from 'node:util'
import { pino } from 'pino'
import type { TSchema } from 'typebox'
import { catalogue, declarationOf, marksOf, versionOf, type Declaration } from '#kernel'
import { deciders } from './domains/index.ts'
import { defaultHttpConfig } from './http/dependencies.ts'
import { buildServer } from './http/server.ts'
import { memoryDocuments } from './platform/documents/memory.ts'
import { memoryEventLog } from './platform/event-log/memory.ts'
import { fileKeys } from './platform/keys/file.ts'
import { argon2Passwords } from './platform/passwords/argon2.ts'
import { memoryReceipts } from './platform/receipts/memory.ts'
import { executor } from './platform/runtime/execute.ts'
import { progress } from './platform/runtime/progress.ts'
import { readModels } from './platform/runtime/read-models.ts'
import { memorySnapshots } from './platform/snapshots/memory.ts'
import { projections } from './projections/index.ts'
import { sagas as declareSagas } from './sagas/index.ts'

// Writes what follows from the declarations: `npm run docs`; with `--check`, says whether it is up to date.

const folder = join(import.meta.dirname, '../docs')
const sagas = declareSagas({ orderTimeout: 15 * 60_000 })
const declarations: readonly Declaration[] = [...deciders, ...sagas.map(declarationOf)]

/** What a field holds, in a word or two. */
const kindOf = (schema: TSchema): string => {
  const { type, format: form, enum: values, anyOf, title } = schema as Record<string, unknown>
  const { secret, personal, money } = marksOf(schema)
  const kind = money
    ? 'money'
    : Array.isArray(values)
      ? values.map((value) => `\`${value}\``).join(' \\| ')
      : ((title ?? form ?? type ?? (anyOf ? 'one of several' : 'anything')) as string)
  return `${kind}${secret ? ', secret' : ''}${personal ? ', personal' : ''}`
}

const fieldsOf = (schema: TSchema): string => {
  const { properties = {}, required = [] }: { properties?: object; required?: readonly string[] } =
    schema
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `\`${name}\`${required.includes(name) ? '' : '?'} ${kindOf(field as TSchema)}`,
  )
  return fields.join('; ') || '–'
}

/** Every event: who records it, its fields, its version, and who reads it. */
const eventCatalogue = (): string => {
  const readers = (type: string) =>
    [...projections, ...sagas]
      .filter(({ reads }) => reads.includes(type))
      .map(({ name }) => name)
      .join(', ') || '–'
  const sections = declarations.map(({ name, events }) => {
    const rows = Object.entries(events).map(
      ([type, schema]) =>
        `| \`${type}\` | ${versionOf(schema)} | ${fieldsOf(schema)} | ${readers(type)} |`,
    )
    return [
      `## \`${name}-<id>\``,
      '',
      '| Event | Version | Fields | Read by |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n')
  })
  return [
    '# Events',
    '',
    'Written by `npm run docs` from the declarations. Each section is a category of streams.',
    'Fields with a question mark may be missing; secret and personal ones are masked for analysts.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n')
}

const nothing = async () => false

/** The OpenAPI document, from a server that talks to nobody. */
const openApi = async (): Promise<string> => {
  const data = await mkdtemp(join(tmpdir(), 'agora-docs-'))
  try {
    const log = memoryEventLog()
    const events = catalogue(declarations)
    const documents = memoryDocuments()
    const server = await buildServer({
      config: defaultHttpConfig,
      logger: pino({ level: 'silent' }),
      executor: executor({ log, snapshots: memorySnapshots(), catalogue: events }),
      readModels: readModels(documents, progress(documents), log),
      log,
      catalogue: events,
      operations: {
        projections: async () => [],
        rebuild: nothing,
        pause: nothing,
        resume: nothing,
        sagas: async () => [],
        saga: async () => [],
        retrySaga: nothing,
        deadLetters: async () => [],
        retryDeadLetter: nothing,
      },
      receipts: memoryReceipts(),
      passwords: argon2Passwords(),
      keys: await fileKeys(data),
      checks: async () => [],
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
    })
    await server.ready()
    const document = JSON.stringify(server.swagger(), null, 2)
    await server.close()
    return `${document}\n`
  } finally {
    await rm(data, { recursive: true })
  }
}

const pages = { 'events.md': eventCatalogue(), 'openapi.json': await openApi() }
const check = process.argv.includes('--check')
for (const [name, text] of Object.entries(pages)) {
  const file = join(folder, name)
  if (!check) await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(format('docs/%s is out of date: run "npm run docs"\n', name))
    process.exitCode = 1
  }
}
