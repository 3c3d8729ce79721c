/** U+0000 and lone surrogates, as `JSON.stringify` escapes them, unless the backslash is escaped itself. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/**
 * Whether JSON contains characters that PostgreSQL cannot store in jsonb: U+0000 and lone surrogates.
 * @param json as written by `JSON.stringify`
 */
export const isUnstorable = (json: string): boolean => json.includes('\\u') && unstorable.test(json)
