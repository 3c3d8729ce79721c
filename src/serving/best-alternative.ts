import type { Validator } from 'typebox/compile'

/** A fault that TypeBox's validator reports. */
export type Fault = ReturnType<Validator['Errors']>[number]

/** Keywords of a schema path that lead one step into the value, with the number of parts of the path that they take. */
const stepsInto: Readonly<Record<string, number>> = {
  properties: 2,
  patternProperties: 2,
  items: 1,
  additionalProperties: 1,
}

/** Returns the pointer to the value that a part of a schema is about, from the pointer of a fault inside. */
const pointerTo = (schemaPath: string, { instancePath }: Fault): string => {
  const parts = schemaPath.split('/').slice(1)
  let depth = 0
  for (let at = 0; at < parts.length;) {
    const taken = stepsInto[parts[at]!]
    if (taken !== undefined) depth += 1
    at += taken ?? 1
  }
  return instancePath
    .split('/')
    .slice(0, depth + 1)
    .join('/')
}

/** Returns the part of a schema path up to the first union after `from`, and the number of the alternative. */
const unionIn = (schemaPath: string, from: string): readonly [string, number] | undefined => {
  const [, path, alternative] = /^(.*?)\/anyOf\/(\d+)/.exec(schemaPath.slice(from.length)) ?? []
  return path === undefined ? undefined : [`${from}${path}`, Number(alternative)]
}

const isNullType = ({ keyword, params }: Fault): boolean =>
  keyword === 'type' && (params as { readonly type?: unknown }).type === 'null'

/** Rates how far a value is from an alternative: another type is further than another name, a name further than a field. */
const distanceOf = (faults: readonly Fault[], pointer: string): number => {
  let distance = 0
  for (const fault of faults) {
    if (isNullType(fault)) distance += 10_000
    else if (fault.keyword === 'type' && fault.instancePath === pointer) distance += 1_000
    else if (fault.keyword === 'const' || fault.keyword === 'enum') distance += 100
    else distance += 1
  }
  return distance
}

/** Returns one fault that names every value that any alternative allows, if each alternative requires one of its own. */
const allNames = (alternatives: readonly (readonly Fault[])[]): Fault | undefined => {
  const [first] = (alternatives[0] ?? []).filter(({ keyword }) => keyword === 'const')
  if (!first) return undefined
  const allowedValues: unknown[] = []
  for (const faults of alternatives) {
    const same = faults.find(
      ({ keyword, instancePath }) => keyword === 'const' && instancePath === first.instancePath,
    )
    if (!same) return undefined
    allowedValues.push((same.params as { readonly allowedValue?: unknown }).allowedValue)
  }
  return { ...first, keyword: 'enum', params: { allowedValues } } as Fault
}

/** The faults of a union at one place of a value; `union` is its path in the schema. */
type Union = { readonly union: string; readonly faults: Fault[] }

/** Returns the faults of one union that are worth reporting. @param pointer to the value that it is about */
const ofUnion = ({ union, faults }: Union, pointer: string): readonly Fault[] => {
  const byAlternative = Map.groupBy(faults, ({ schemaPath }) => unionIn(schemaPath, union)?.[1])
  const alternatives = [...byAlternative].flatMap(([number, inside]) =>
    number === undefined ? [] : [bestAlternatives(inside, `${union}/anyOf/${number}`)],
  )
  const named = allNames(alternatives)
  if (named) return [named]
  const distances = alternatives.map((one) => distanceOf(one, pointer))
  return alternatives[distances.indexOf(Math.min(...distances))] ?? faults
}

/**
 * Of the faults of a union's alternatives, keeps those of the alternative that the value is closest to, as the others only
 * report that the value is not what it was not meant to be. If every alternative requires another name in the same field,
 * one fault lists the names. The validator stops after eight faults: a union whose faults are incomplete is left out, unless
 * there are no others.
 * @param faults the validator's faults
 * @param from path of the schema that they are faults of
 */
export const bestAlternatives = (faults: readonly Fault[], from = '#'): readonly Fault[] => {
  const unions = new Map<string, Union>()
  const kept: (Fault | string)[] = []
  for (const fault of faults) {
    const [union] =
      unionIn(fault.schemaPath, from) ?? (fault.keyword === 'anyOf' ? [fault.schemaPath] : [])
    if (union === undefined) {
      kept.push(fault)
      continue
    }
    const key = `${union} ${pointerTo(union, fault)}`
    const group = unions.get(key)
    if (group) group.faults.push(fault)
    else {
      unions.set(key, { union, faults: [fault] })
      kept.push(key)
    }
  }
  const isComplete = ({ union, faults: inside }: Union): boolean =>
    inside.some(({ keyword, schemaPath }) => keyword === 'anyOf' && schemaPath === union)
  const found = kept.flatMap((one) => {
    if (typeof one !== 'string') return [one]
    const group = unions.get(one)!
    return isComplete(group) ? ofUnion(group, one.slice(one.indexOf(' ') + 1)) : []
  })
  return found.length > 0 ? found : faults
}
