/**
 * `npm run bench:page -- <result.json>…`: writes `docs/performance.md` from results of `npm run bench`, in the order of
 * their times.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performancePage } from './support/performance-page.ts'
import type { Result } from './support/result.ts'

const files = process.argv.slice(2)
if (files.length === 0) {
  console.error('Usage: npm run bench:page -- bench/results/<time>.json…')
  process.exit(2)
}
const results = await Promise.all(
  files.map(async (file): Promise<Result> => JSON.parse(await readFile(file, 'utf8'))),
)
const page = performancePage(results.toSorted((one, other) => one.at.localeCompare(other.at)))
await writeFile(join(import.meta.dirname, '../docs/performance.md'), page)
