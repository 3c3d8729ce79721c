import { hash } from 'node:crypto'
import type { estypes } from '@elastic/elasticsearch'
import type { TSchema } from 'typebox'
import { folded, type AnyProjection } from '#kernel'
import {
  fieldOf,
  foldedFieldsOf,
  kindOf,
  presentSchema,
  shapeOf,
  textIn,
  type Field,
  type FieldKind,
} from '../documents/fields.ts'
import { jsonOf, storable } from '../documents/json.ts'
import { valueOf } from '../documents/matching.ts'
import type { Batch, Scalar } from '../documents/port.ts'
import { searchedWords } from './ranking.ts'

/** A stored document, as far as it is read; without `doc` it is the remains of a deleted one. */
export type Source = { readonly key: string; readonly position: string; readonly doc?: unknown }

/** Most UTF-16 code units of a text that is compared, as it is: Lucene refuses terms above 32,766 bytes. */
const longestTerm = 8_000

/** A text as it is compared: the beginning of a longer one, and a digest, so that equal texts alone are equal. */
export const termOf = (text: string): string =>
  text.length <= longestTerm
    ? text
    : text.slice(0, longestTerm).toWellFormed() + hash('sha256', text, 'base64url')

/** UTF-16 code units of a piece of a text that `contains` looks into; each overlaps the next one by half. */
const pieceLength = 4_000

/** Most UTF-16 code units that `contains` looks for: what follows is ignored. */
export const longestPart = pieceLength / 2

/** Longest key that is an id as it is, in bytes: Elasticsearch takes 512. */
const longestId = 400

/** The id of a document: its key, or a digest of one that is too long or empty. */
export const idOf = (key: string): string =>
  key !== '' && !key.startsWith('#') && Buffer.byteLength(key) <= longestId
    ? key
    : `#${hash('sha256', key, 'base64url')}`

/** Whether a document is one, and not the remains of a deleted one: in the field of this name. */
export const presence = 'present'

/** Encodes the value that hits are ordered by as a text that sorts alike; what has no value comes before all that has. */
export const newestOf = (value: Scalar | undefined): string => {
  switch (typeof value) {
    case 'string':
      return `1${termOf(value)}`
    case 'boolean':
      return value ? '11' : '10'
    case 'number': {
      const bits = Buffer.alloc(8)
      // Adding 0 makes 0 of -0.
      bits.writeDoubleBE(value + 0)
      // Of negative numbers the greater has the smaller bits.
      const ordered = value < 0 ? bits.map((byte) => ~byte) : bits.fill(bits[0]! ^ 0x80, 0, 1)
      return `1${Buffer.from(ordered).toString('hex')}`
    }
    case 'undefined':
      return ''
  }
}

/** All fields of a schema that hold a text, a number or a boolean. */
const scalarsOf = (schema: TSchema, path: readonly string[] = []): readonly Field[] =>
  Object.entries(shapeOf(schema).properties ?? {}).flatMap(([name, one]) => {
    const here = [...path, name]
    const kind = kindOf(one)
    return kind ? [{ name: here.join('.'), path: here, kind }] : scalarsOf(presentSchema(one), here)
  })

/** Number fields whose values are counted one by one: as texts, which is how they are answered and ordered. */
const countedOf = ({ document, search }: AnyProjection): readonly Field[] =>
  Object.values(search?.facets ?? {}).flatMap(({ field, ranges }) => {
    const found = ranges ? undefined : fieldOf(document, field)
    return found?.kind === 'number' ? [found] : []
  })

const searchedOf = ({ search }: AnyProjection): readonly Pick<Field, 'path'>[] =>
  (search?.fields ?? []).map((name) => ({ path: name.split('.') }))

type Tree = { [name: string]: Tree | Scalar | readonly string[] | undefined }

/** Values by path, as objects in objects. */
const treeOf = (
  entries: readonly (readonly [path: readonly string[], value: Scalar | readonly string[]])[],
): Tree => {
  const root: Tree = {}
  for (const [path, value] of entries) {
    let at = root
    for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as Tree
    at[path.at(-1)!] = value
  }
  return root
}

type Properties = Record<string, estypes.MappingProperty>

const keyword: estypes.MappingProperty = { type: 'keyword' }

const propertyOf: Readonly<Record<FieldKind, estypes.MappingProperty>> = {
  text: keyword,
  number: { type: 'double' },
  boolean: { type: 'boolean' },
}

/** The mapping of fields by path, as objects in objects. */
const propertiesOf = <F extends Pick<Field, 'path'>>(
  fields: readonly F[],
  mapped: (field: F) => estypes.MappingProperty,
): estypes.MappingProperty => {
  const root: Properties = {}
  for (const field of fields) {
    let at = root
    for (const part of field.path.slice(0, -1)) {
      const inner: { properties: Properties } = { properties: {} }
      at = (((at[part] as typeof inner | undefined) ??= inner) as typeof inner).properties
    }
    at[field.path.at(-1)!] = mapped(field)
  }
  return { properties: root }
}

/**
 * The fields of the index of a read model. Nothing is analysed by Elasticsearch: texts are split and folded in our code,
 * the same for all stores.
 */
export const mappingOf = (projection: AnyProjection): estypes.MappingTypeMapping => {
  const properties: Properties = {
    key: { type: 'keyword' },
    position: { type: 'long' },
    [presence]: { type: 'boolean' },
    doc: { type: 'object', enabled: false },
    newest: { type: 'keyword' },
    fields: propertiesOf(scalarsOf(projection.document), ({ kind }) => propertyOf[kind]),
    counted: propertiesOf(countedOf(projection), () => keyword),
    folded: propertiesOf(foldedFieldsOf(projection), () => ({ ...keyword, doc_values: false })),
    words: propertiesOf(searchedOf(projection), () => ({ type: 'keyword', doc_values: false })),
  }
  return { dynamic: 'strict', properties }
}

/** Digest of how documents are indexed: those of another one are indexed again. */
export const digestOf = (projection: AnyProjection): string =>
  hash('sha256', JSON.stringify([mappingOf(projection), projection.search?.newest ?? null]), 'hex')

/** Pieces of a text, each of which overlaps the next one by half. */
const piecesOf = (text: string): readonly string[] => {
  if (text.length <= pieceLength) return [text]
  const pieces: string[] = []
  for (let at = 0; at + longestPart < text.length; at += longestPart)
    pieces.push(text.slice(at, at + pieceLength).toWellFormed())
  return pieces
}

/** The fields of a read model that are indexed. */
type Plan = {
  readonly newest: Field | undefined
  readonly scalars: readonly Field[]
  readonly counted: readonly Field[]
  readonly folded: readonly Field[]
  readonly searched: readonly Pick<Field, 'path'>[]
}

/** Plans by projection: to walk its schema for each document would take as long as all else. */
const plans = new WeakMap<AnyProjection, Plan>()

const planOf = (projection: AnyProjection): Plan => {
  const made = plans.get(projection)
  if (made) return made
  const { document, search } = projection
  const plan = {
    newest: search && fieldOf(document, search.newest),
    scalars: scalarsOf(document),
    counted: countedOf(projection),
    folded: foldedFieldsOf(projection),
    searched: searchedOf(projection),
  }
  plans.set(projection, plan)
  return plan
}

/** What is indexed of a document. */
const indexedOf = (projection: AnyProjection, document: unknown): Tree => {
  const { search } = projection
  const plan = planOf(projection)
  const present = <F extends Pick<Field, 'path'>, Value extends Scalar | readonly string[]>(
    fields: readonly F[],
    value: (field: F) => Value | undefined,
  ): Tree =>
    treeOf(
      fields.flatMap((field) => {
        const found = value(field)
        return found === undefined ? [] : [[field.path, found] as const]
      }),
    )
  const words = search ? searchedWords(search, document) : []
  return {
    newest: newestOf(plan.newest && valueOf(plan.newest, document)),
    fields: present(plan.scalars, (field) => {
      const value = valueOf(field, document)
      return typeof value === 'string' ? termOf(value) : value
    }),
    counted: present(plan.counted, (field) => {
      const value = valueOf(field, document)
      return value === undefined ? undefined : String(value)
    }),
    folded: present(plan.folded, (field) => {
      const text = textIn(field, document)
      return text === undefined ? undefined : piecesOf(folded(text))
    }),
    words: treeOf(
      plan.searched.map(({ path }, nth) => [
        path,
        [...new Set(words[nth]!.map((word) => word.folded))],
      ]),
    ),
  }
}

/** One document of a bulk, or the remains of one that is deleted. */
export type Operation = {
  readonly key: string
  /** Two lines of JSON: what is done, and the document. */
  readonly text: string
  readonly bytes: number
}

const operationOf = (
  key: string,
  position: string,
  { ifSame, rest }: { readonly ifSame: boolean; readonly rest: string },
): Operation => {
  const held = storable(key)
  const id = JSON.stringify(idOf(held))
  const kind = ifSame ? 'external_gte' : 'external'
  const text =
    `{"index":{"_id":${id},"version":${position},"version_type":"${kind}"}}\n` +
    `{"key":${JSON.stringify(held)},"position":"${position}"${rest}}\n`
  return { key, text, bytes: Buffer.byteLength(text) }
}

/**
 * A document to be indexed at a position.
 * @param options.ifSame whether one that stands at this position is replaced
 */
export const indexing = (
  projection: AnyProjection,
  key: string,
  { position, json, ifSame }: { position: bigint | string; json: string; ifSame: boolean },
): Operation => {
  const indexed = JSON.stringify(indexedOf(projection, JSON.parse(json) as unknown))
  return operationOf(key, String(position), {
    ifSame,
    rest: `,"${presence}":true,"doc":${json},${indexed.slice(1, -1)}`,
  })
}

/** What a batch makes of the documents concerned; those that it deletes keep their position alone. */
export const operationsOf = (
  projection: AnyProjection,
  { from, to, upserts, deletes }: Batch,
): readonly Operation[] => {
  // A document that is folded anew at its position replaces the one there.
  const ifSame = from === to
  return [
    ...[...upserts].map(([key, document]) =>
      indexing(projection, key, { position: to, json: jsonOf(document), ifSame }),
    ),
    ...deletes.map((key) => operationOf(key, String(to), { ifSame, rest: '' })),
  ]
}

/** The remains of a deleted document, to be deleted unless a document took their place. */
export const deleting = ({ key, position }: Source): Operation => {
  const id = JSON.stringify(idOf(key))
  const text = `{"delete":{"_id":${id},"version":${position},"version_type":"external_gte"}}\n`
  return { key, text, bytes: Buffer.byteLength(text) }
}
