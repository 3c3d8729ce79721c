import type { AnyDecider, AnySaga } from '#kernel'
import type { CommandOf } from '../../runtime/what-if/command-of.ts'
import { Failed } from './failure.ts'
import type { Rules } from './try-rules.ts'
import { has, isFunction, isText, loadModule } from './what-if-file.ts'

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether a value was declared with `decider(…).rules(…)`. */
const isDecider = (value: unknown): value is AnyDecider =>
  isObject(value) &&
  has(value, 'name', isText) &&
  has(value, 'commands', isObject) &&
  has(value, 'events', isObject) &&
  has(value, 'refusals', isObject) &&
  has(value, 'decide', isFunction) &&
  has(value, 'evolve', isFunction) &&
  'initialState' in value

/** Whether a value was declared with `saga(…).rules(…)`. */
const isSaga = (value: unknown): value is AnySaga =>
  isObject(value) &&
  has(value, 'name', isText) &&
  has(value, 'subject', isText) &&
  has(value, 'from', Array.isArray) &&
  has(value, 'to', Array.isArray) &&
  has(value, 'reads', Array.isArray) &&
  has(value, 'keyOf', isFunction) &&
  has(value, 'react', isFunction) &&
  has(value, 'compensate', isFunction)

const isCommandOf = (value: unknown): value is CommandOf => typeof value === 'function'

const isWithoutRules = (value: unknown): boolean =>
  isObject(value) && has(value, 'rules', isFunction)

/**
 * Loads the deciders and sagas that a user's module exports, and its function `commandOf`, if it has one.
 * @param file path of the module, in any folder
 * @throws Failed when the file does not exist, cannot be loaded, exports none, or two of one name
 */
export const loadRules = async (file: string): Promise<Rules> => {
  const exported = await loadModule(file)
  const values = [...new Set(Object.values(exported))]
  const [deciders, sagas] = [values.filter(isDecider), values.filter(isSaga)]
  if (deciders.length + sagas.length === 0)
    throw new Failed(
      values.some(isWithoutRules)
        ? `What ${file} exports has no rules; declare them with decider({ … }).rules({ … }) or saga({ … }).rules({ … }).`
        : `${file} exports no decider and no saga; export what decider({ … }).rules({ … }) or saga({ … }).rules({ … }) of "agora/kernel" returns, under the name of the one that it is to replace.`,
    )
  const names = [...deciders, ...sagas].map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Failed(`${file} exports two of the name "${twice}".`)
  const { commandOf } = exported
  if (commandOf !== undefined && !isCommandOf(commandOf))
    throw new Failed(`commandOf of ${file} must be a function.`)
  return { file, deciders, sagas, ...(commandOf && { commandOf }) }
}
