import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { refusalOf } from '../src/kernel/index.ts'
import { modules } from '../src/domains/index.ts'
import { operationModules } from '../src/operations/index.ts'
import type { Module } from '../src/serving/module.ts'
import { notFound } from '../src/serving/problem.ts'
import { fieldErrors } from '../src/serving/schema-faults.ts'
import { germanFault, germanRefusal } from '../web/src/i18n/german-sentences.ts'
import { faultsDe } from '../web/src/i18n/field-faults-de.ts'
import { refusalsDe } from '../web/src/i18n/refusals-de.ts'
import { saidBySource } from './support/said-sentences.ts'

const all: readonly Module[] = [...modules, ...operationModules]

/** Files whose sentences pages may show. */
const files = [
  '{domains,operations,serving}/**/*.ts',
  'edges/{http,sockets}/**/*.ts',
  'platform/storage/event-log/resolved-range.ts',
]

/** Files that answer other programs, or requests that no page makes. */
const ofPrograms =
  /^(edges\/http\/protection\/|edges\/http\/proxy-routes|serving\/webhooks\.ts|domains\/\w+\/routes\/webhooks\.ts|domains\/webhooks\/|operations\/routes\/(system|discovery)\.ts|serving\/(problem|problem-details|schema-faults)\.ts)/

/** Expressions whose sentences come from other literals, or from deciders; all of them are checked as such. */
const fromElsewhere = new Set([
  // The messages of other faults, of deciders and of schemas.
  'error.message',
  'message',
  'momentMessage',
  'better.detail',
  'refusalOf(notification, answer.refused).message',
  "refusalOf(replay, 'NoSuchReplay').message",
  "refusalOf(replay, 'ReplayStopped').message",
  // Requests that the framework refuses before a route.
  'detail',
  // Faults with their fields.
  "errors.map(({ field, message }) => `${field} ${message}.`).join(' ')",
])

const said = saidBySource(files)

/** Sentences of all refusals of deciders. */
const refusals = all
  .flatMap(({ deciders }) => deciders)
  .flatMap((decider) =>
    Object.keys(decider.refusals).map((reason) => refusalOf(decider, reason).message),
  )

const missing = (
  sentences: Iterable<string>,
  german: (english: string) => string | undefined,
): string[] => [...new Set(sentences)].filter((one) => german(one) === undefined)

test('every sentence that the source says has German', () => {
  const shown = said.sentences.filter(({ path }) => !ofPrograms.test(path))
  expect(shown.length).toBeGreaterThan(200)
  const unknown = shown.filter(({ isCode, text }) => isCode && !fromElsewhere.has(text))
  expect(unknown.map(({ path, text }) => `${path}: ${text}`)).toEqual([])
  const literal = shown.filter(({ isCode }) => !isCode)
  expect(
    missing(
      literal.filter((one) => one.isFault).map(({ text }) => text),
      germanFault,
    ),
  ).toEqual([])
  // `7.` stands for faults with their fields, which are checked above.
  const sentences = literal.filter((one) => !one.isFault && !/^7( 7)?\.$/.test(one.text))
  expect(
    missing(
      sentences.map(({ text }) => text),
      germanRefusal,
    ),
  ).toEqual([])
})

test('every refusal of a decider has German', () => {
  expect(refusals.length).toBeGreaterThan(100)
  expect(missing(refusals, germanRefusal)).toEqual([])
})

test('everything that may not be found has German', () => {
  const problems = said.notFound.map(([what, field]) => notFound(what, field))
  expect(
    missing(
      problems.map(({ message }) => message),
      germanRefusal,
    ),
  ).toEqual([])
  const faults = problems.flatMap(({ errors = [] }) => errors.map(({ message }) => message))
  expect(missing(faults, germanFault)).toEqual([])
})

type Schema = TSchema & Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null

/** A schema with all that it is made of. */
const partsOf = (schema: Schema): readonly Schema[] => [
  schema,
  ...['anyOf', 'allOf', 'items', 'properties', 'patternProperties', 'additionalProperties']
    .flatMap((key) => {
      const inner = schema[key]
      if (key === 'properties' || key === 'patternProperties')
        return isSchema(inner) ? Object.values(inner) : []
      return [inner].flat()
    })
    .filter((one) => isSchema(one))
    .flatMap((one) => partsOf(one)),
]

/** Parameters of the validator's fault, for each keyword that may have one. */
const faultOf: Readonly<Record<string, (value: unknown) => Readonly<Record<string, unknown>>>> = {
  required: () => ({ requiredProperties: ['name'] }),
  additionalProperties: () => ({ additionalProperties: ['other'] }),
  enum: (allowedValues) => ({ allowedValues }),
  const: (allowedValue) => ({ allowedValue }),
  anyOf: () => ({}),
  type: (type) => ({ type }),
  uniqueItems: () => ({}),
  multipleOf: (multipleOf) => ({ multipleOf }),
  format: (format) => ({ format }),
  pattern: (pattern) => ({ pattern }),
  minimum: (limit) => ({ limit }),
  maximum: (limit) => ({ limit }),
  minLength: (limit) => ({ limit }),
  maxLength: (limit) => ({ limit }),
  minItems: (limit) => ({ limit }),
  maxItems: (limit) => ({ limit }),
  maxProperties: (limit) => ({ limit }),
  exclusiveMinimum: (limit) => ({ limit }),
}

/** Keywords without faults of their own: they describe, or lead to other schemas. */
const silent = new Set([
  'properties',
  'items',
  'patternProperties',
  'description',
  'title',
  'default',
  'examples',
  '$id',
  // Marks of Agora.
  'personal',
  'secret',
  'guessable',
  'money',
  'x-former-name',
])

/** Returns the messages of all faults that the schemas of routes, jobs and questions may have. */
const messagesOfSchemas = (): readonly string[] => {
  const declared = [
    ...all
      .flatMap(({ routes }) => routes)
      .flatMap(({ params, query, body }) => [params, query, body]),
    ...all.flatMap(({ workflows }) => workflows).map(({ payload }) => payload),
    ...all
      .flatMap(({ channels }) => channels)
      .flatMap(({ client }) => Object.values(client).map(({ payload }) => payload)),
  ]
  const parts = declared.filter((one) => isSchema(one)).flatMap((one) => partsOf(one))
  expect(parts.length).toBeGreaterThan(1_000)
  const unknown = new Set<string>()
  const messages = parts.flatMap((part) => {
    const refinements = (part['~refine'] ?? []) as { error: (value: unknown) => string }[]
    return [
      ...refinements.map(({ error }) => error('')),
      ...Object.entries(part).flatMap(([keyword, value]) => {
        const params = faultOf[keyword]?.(value)
        if (params === undefined) {
          if (!silent.has(keyword)) unknown.add(keyword)
          return []
        }
        const fault = { keyword, params, instancePath: '/field', schemaPath: '#', message: '' }
        return fieldErrors([fault as never], 'body').map(({ message }) => message)
      }),
    ]
  })
  expect([...unknown]).toEqual([])
  return messages
}

test('every fault that a schema of a route may have has German', () => {
  expect(missing(messagesOfSchemas(), germanFault)).toEqual([])
})

test('no German is left of sentences that nothing says any more', () => {
  const known = new Set([
    ...said.sentences.map(({ text }) => text),
    ...refusals,
    ...messagesOfSchemas(),
    // Of a reason that a decider does not declare.
    refusalOf({ refusals: {} }, 'Other').message,
  ])
  const keys = [...Object.keys(refusalsDe), ...Object.keys(faultsDe)]
  // Any schema may come to have a limit of 1.
  const isLimit = (key: string): boolean => /^must have at (least|most) 1 /.test(key)
  expect(keys.filter((key) => !key.includes('{') && !known.has(key) && !isLimit(key))).toEqual([])
})

test('values stand where the German has them', () => {
  expect(germanFault('must be an integer or null')).toBe('muss eine ganze Zahl oder null sein')
  expect(germanFault('must have at most 1 character')).toBe('darf höchstens 1 Zeichen haben')
  expect(germanFault('must be one of en, de')).toBe('muss eines von diesen sein: en, de')
  expect(germanFault('is no gig that we know')).toBe('ist kein Angebot, das wir kennen')
  expect(germanRefusal('There is no such order. Look its id up in the list.')).toBe(
    'Es gibt keine solche Bestellung. Bitte suchen Sie die Kennung in der Liste.',
  )
  expect(germanRefusal('items[0].quantity must be at least 1; note is required.')).toBe(
    'items[0].quantity muss mindestens 1 sein; note ist erforderlich.',
  )
  expect(germanRefusal('kind must be one of a, b; note is required.')).toBe(
    'kind muss eines von diesen sein: a, b; note ist erforderlich.',
  )
  expect(germanRefusal('What nobody has translated.')).toBeUndefined()
  expect(germanFault('must be EUR')).toBe('muss EUR sein')
  expect(germanFault('must be what nobody has translated')).toBeUndefined()
})
