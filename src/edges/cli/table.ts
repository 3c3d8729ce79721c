import { stripVTControlCharacters } from 'node:util'

/** A column of a table: its title and alignment. Numbers are right-aligned. */
export type Column = { readonly title: string; readonly align?: 'left' | 'right' }

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length

/**
 * Formats a table for a terminal, titles first, columns separated by two blanks.
 * @param rows the cells of each row, one for each column; they may be coloured
 * @returns lines without line ends
 */
export const table = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  const titles = columns.map(({ title }) => title.toUpperCase())
  const widths = columns.map((_, at) =>
    Math.max(...[titles, ...rows].map((row) => widthOf(row[at] ?? ''))),
  )
  const lineOf = (row: readonly string[]): string =>
    columns
      .map(({ align }, at) => {
        const cell = row[at] ?? ''
        const blanks = ' '.repeat((widths[at] ?? 0) - widthOf(cell))
        return align === 'right' ? blanks + cell : cell + blanks
      })
      .join('  ')
      .trimEnd()
  return [titles, ...rows].map(lineOf)
}
