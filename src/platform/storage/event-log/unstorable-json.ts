/** U+0000 and halves of characters, as `JSON.stringify` writes them; not what only looks so, behind a backslash of its own. */
const unkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/**
 * Whether there is something in an event that PostgreSQL cannot keep in jsonb, and no text of people contains.
 * @param json as `JSON.stringify` writes it
 */
export const isUnstorable = (json: string): boolean => json.includes('\\u') && unkeepable.test(json)
