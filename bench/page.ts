/**
 * `npm run bench:page -- <result.json>…`: writes `docs/performance.md` from results of `npm run bench`, in the order of
 * their times. Sections of parts that they do not have remain, those of parts that are no longer there do not.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parts } from './parts.ts'
import { performancePage } from './support/performance-page.ts'
import type { Result } from './support/result.ts'

const refuse = (message: string): never => {
  console.error(message)
  process.exit(2)
}

const files = process.argv.slice(2)
if (files.length === 0) refuse('Usage: npm run bench:page -- bench/results/<time>.json…')
const resultIn = async (file: string): Promise<Result> => {
  const result: Result | { readonly parts?: never } = JSON.parse(await readFile(file, 'utf8'))
  if (!result.parts?.every(({ speed }) => speed) || result.quick)
    return refuse(`${file} is not of a full run of this version: leave it out`)
  return result
}
const results = await Promise.all(files.map(resultIn))
const file = join(import.meta.dirname, '../docs/performance.md')
const inOrder = results.toSorted((one, other) => one.at.localeCompare(other.at))
const titles = Object.values(parts)
  .flat()
  .map(({ title }) => title)
await writeFile(file, performancePage(inOrder, await readFile(file, 'utf8'), titles))
