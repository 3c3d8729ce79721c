/** A JSON Schema as it stands in the documents; only the keywords that types depend on. */
export type Schema = {
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly items?: Schema | readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

/** Writes TypeScript types of schemas; large object types are written once, under names. */
export type TypePrinter = {
  /**
   * Returns the type of a schema.
   * @param name what the schema describes, in PascalCase: the name of its type, if it is a large one
   */
  readonly typeOf: (schema: Schema, name: string) => string
  /** Returns the declarations of the named types. */
  readonly declarations: () => string
}

/** Object types whose text is shorter than this have no name, in characters. */
const shortest = 60

const pascal = (text: string): string =>
  text.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Returns a property's name as TypeScript writes it. */
export const keyOf = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name).replaceAll('"', "'")

const literal = (value: unknown): string =>
  typeof value === 'string'
    ? `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'")}'`
    : JSON.stringify(value)

const union = (members: readonly string[]): string => [...new Set(members)].join(' | ')

const inBrackets = (type: string): string => (/[|&]/.test(type) ? `(${type})` : type)

const simple: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
}

/** Creates a printer; names of types follow from the first place where each occurs. */
export const typePrinter = (): TypePrinter => {
  /** Names by the text of the type. */
  const names = new Map<string, string>()
  const taken = new Set<string>()

  const nameFor = (text: string, wanted: string): string => {
    const known = names.get(text)
    if (known !== undefined) return known
    let name = wanted
    for (let next = 2; taken.has(name); next += 1) name = `${wanted}${next}`
    taken.add(name)
    names.set(text, name)
    return name
  }

  const objectOf = (schema: Schema, name: string): string => {
    const { properties = {}, required = [], additionalProperties, patternProperties } = schema
    const fields = Object.entries(properties).map(([key, one]) => {
      const type = typeOf(one, pascal(`${name} ${key}`))
      return `readonly ${keyOf(key)}${required.includes(key) ? '' : '?'}: ${type}`
    })
    const values = [
      ...Object.values(patternProperties ?? {}),
      ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ]
    if (fields.length === 0) {
      const value =
        values.length === 0 ? 'unknown' : union(values.map((one) => typeOf(one, `${name}Value`)))
      if (values.length === 0 && additionalProperties === false) return 'Record<string, never>'
      return `Readonly<Record<string, ${value}>>`
    }
    const text = `{ ${fields.join('; ')} }`
    if (text.length < shortest) return text
    const titled = schema.title === undefined ? name : pascal(schema.title)
    return nameFor(text, titled)
  }

  // Arrays are not `readonly`: the types of `openapi-fetch` take such for objects.
  const typeOf = (schema: Schema, name: string): string => {
    if (schema.$ref !== undefined) return pascal(schema.$ref.split('/').at(-1)!)
    if (schema.const !== undefined) return literal(schema.const)
    if (schema.enum) return union(schema.enum.map(literal))
    const { allOf, anyOf = schema.oneOf } = schema
    if (allOf) return allOf.map((one) => inBrackets(typeOf(one, name))).join(' & ')
    if (anyOf) return union(anyOf.map((one) => typeOf(one, name)))
    if (Array.isArray(schema.type))
      return union(schema.type.map((type: string) => typeOf({ ...schema, type }, name)))
    if (schema.type === 'array' || schema.items) {
      const { items } = schema
      if (items === undefined) return 'unknown[]'
      if (Array.isArray(items))
        return `[${items.map((one: Schema, at) => typeOf(one, `${name}${at + 1}`)).join(', ')}]`
      return `${inBrackets(typeOf(items as Schema, name.replace(/ies$/, 'y').replace(/s$/, '')))}[]`
    }
    if (schema.type === 'object' || schema.properties || schema.patternProperties)
      return objectOf(schema, name)
    return typeof schema.type === 'string' ? (simple[schema.type] ?? 'unknown') : 'unknown'
  }

  return {
    typeOf,
    declarations: () =>
      [...names].map(([text, name]) => `export type ${name} = ${text}\n`).join('\n'),
  }
}
