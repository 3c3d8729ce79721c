import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version of Agora, as its package.json has it. */
export const versionOfAgora = (): string => {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  const { version }: { readonly version: string } = JSON.parse(text)
  return version
}
