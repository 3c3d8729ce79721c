/** A place in JSON: names of fields and indexes of arrays, from the outside in. */
export type JsonPath = readonly string[]

/** Returns a path as programmers write it: `items[0].price.amount`; empty for the whole value. */
export const readablePath = (path: JsonPath): string => {
  let text = ''
  for (const part of path)
    if (/^\d+$/.test(part)) text += `[${part}]`
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  return text
}

/** Returns the JSON pointer (RFC 6901) of a path. */
export const pointerOf = (path: JsonPath): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** A JSON object or array, by names or indexes. */
export type JsonContainer = Readonly<Record<string, unknown>>

/** Whether a JSON value has parts. */
export const isContainer = (value: unknown): value is JsonContainer =>
  typeof value === 'object' && value !== null
