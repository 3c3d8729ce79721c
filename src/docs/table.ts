/**
 * A table in Markdown.
 * @param heads titles of the columns
 * @param rows a cell for each column; empty ones get a dash
 */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows.map((row) => row.map((cell) => cell || '–'))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
