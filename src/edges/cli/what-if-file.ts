import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyProjection } from '#kernel'
import { Failed } from './failure.ts'
import { allowAgoraImports } from './what-if-modules.ts'
import { messageOf } from '#kernel/error-message'

/** Whether a value has a field for which a test holds. */
export const has = <Name extends string>(
  value: object,
  name: Name,
  holds: (field: unknown) => boolean,
): boolean => name in value && holds(Reflect.get(value, name))

/** Whether a value is a function. */
export const isFunction = (value: unknown): boolean => typeof value === 'function'
/** Whether a value is a text. */
export const isText = (value: unknown): boolean => typeof value === 'string'
const isSchema = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Whether a value was declared with `projection(…).rules(…)`. */
const isProjection = (value: unknown): value is AnyProjection =>
  typeof value === 'object' &&
  value !== null &&
  has(value, 'name', isText) &&
  has(value, 'document', isSchema) &&
  has(value, 'from', Array.isArray) &&
  has(value, 'reads', Array.isArray) &&
  has(value, 'keysOf', isFunction) &&
  has(value, 'evolve', isFunction)

const isWithoutRules = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && has(value, 'rules', isFunction)

/** Line of a file at which an error was thrown, ` (line 12)`, from its stack; empty where unknown. */
export const lineIn = (file: string, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const url = pathToFileURL(resolve(file)).href
  const at = stack.indexOf(`${url}:`)
  const line = at < 0 ? '' : (/^\d+/.exec(stack.slice(at + url.length + 1))?.[0] ?? '')
  return line && ` (line ${line})`
}

/**
 * Loads a projection from a user's module: its default export, or the only projection it exports.
 * @param file path of the module, in any folder
 * @throws Failed when the file does not exist, cannot be loaded, or exports no projection
 */
export const loadProjection = async (file: string): Promise<AnyProjection> => {
  const exported = await loadModule(file)
  if (isProjection(exported.default)) return exported.default
  const found = Object.values(exported).filter(isProjection)
  const [only] = found
  if (only && found.length === 1) return only
  if (only)
    throw new Failed(
      `${file} exports several projections (${found.map(({ name }) => name).join(', ')}); make one of them the default export.`,
    )
  throw new Failed(
    Object.values(exported).some(isWithoutRules)
      ? `The projection that ${file} exports has no rules; declare them with projection({ … }).rules({ … }).`
      : `${file} exports no projection; export what projection({ … }).rules({ … }) of "agora/kernel" returns.`,
  )
}

/**
 * Loads a user's module, in any folder.
 * @throws Failed when the file does not exist or cannot be loaded
 */
export const loadModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  await access(file).catch((error: unknown) => {
    throw new Failed(`${file} does not exist, or cannot be read.`, { cause: error })
  })
  using _ = allowAgoraImports()
  try {
    return await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    const why = messageOf(error)
    throw new Failed(`${file} cannot be loaded${lineIn(file, error)}: ${why}`, { cause: error })
  }
}
