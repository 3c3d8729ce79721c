import { posix } from 'node:path'

/** A link of a page to a symbol: [`publish`](../src/runtime/publish.ts#L71). */
export type SymbolLink = {
  readonly symbol: string
  /** Path from the top folder. */
  readonly path: string
  readonly line: number
}

const links = /\[`([\w$]+)`\]\(([^)#\s]+)#L(\d+)\)/g

/** Returns the links of a page to symbols. @param folder of the page */
export const symbolLinksIn = (page: string, folder: string): readonly SymbolLink[] =>
  [...page.matchAll(links)].map(([, symbol = '', target = '', line = '']) => ({
    symbol,
    path: posix.join(folder, target),
    line: Number(line),
  }))

/** Whether a line has a symbol, as a whole word. */
export const holds = (line: string, symbol: string): boolean =>
  new RegExp(`(?<![\\w$])${symbol.replaceAll('$', '\\$')}(?![\\w$])`).test(line)

/** Number of the line that declares a symbol, or of the first that has it; undefined without one. */
const lineOf = (text: string, symbol: string): number | undefined => {
  const lines = text.split('\n')
  const declared = new RegExp(`\\b(const|type|function|class) ${symbol}(?![\\w$])`)
  const found = [
    lines.findIndex((line) => declared.test(line)),
    lines.findIndex((line) => holds(line, symbol)),
  ].find((place) => place >= 0)
  return found === undefined ? undefined : found + 1
}

/**
 * Sets the lines of a page's links to where the symbols are declared now. A link whose symbol is gone keeps its line.
 * @param folder of the page
 * @param textOf returns the text of a file, by its path from the top folder
 */
export const withLines = (page: string, folder: string, textOf: (path: string) => string): string =>
  page.replaceAll(links, (link, symbol: string, target: string, line: string) => {
    const found = lineOf(textOf(posix.join(folder, target)), symbol)
    return found === undefined ? link : link.replace(`#L${line})`, `#L${found})`)
  })
