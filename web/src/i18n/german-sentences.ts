import { faultsDe } from './field-faults-de.ts'
import { refusalsDe, thingsDe } from './refusals-de.ts'

/** German of types of JSON, and of their values. */
const typesDe: Readonly<Record<string, string>> = {
  'an integer': 'eine ganze Zahl',
  'a number': 'eine Zahl',
  'a text': 'ein Text',
  'a list': 'eine Liste',
  'an object': 'ein Objekt',
  null: 'null',
  true: 'wahr',
  false: 'falsch',
}

const type = `(?:${Object.keys(typesDe).join('|')})`

/** What the placeholders of the tables stand for. */
const placeholders: Readonly<Record<string, string>> = {
  word: '(\\S+?)',
  type: `(${type}(?: or ${type})*)`,
}

const placeholder = /\{(\w+)\}/g

const germanOf = (part: string): string =>
  part
    .split(' or ')
    .map((one) => typesDe[one] ?? one)
    .join(' oder ')

type Rule = { readonly english: RegExp; readonly german: string; readonly names: readonly string[] }

const ruleOf = ([english, german]: readonly [string, string]): Rule => ({
  english: new RegExp(
    `^${english
      .split(placeholder)
      .map((part, at) =>
        at % 2 === 0
          ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
          : (placeholders[part] ?? '(.+)'),
      )
      .join('')}$`,
    's',
  ),
  german,
  names: [...english.matchAll(placeholder)].map(([, name = '']) => name),
})

/** Puts the values of an English sentence into the German, the first `{word}` into the first. */
const filled = ({ german, names }: Rule, values: readonly string[]): string => {
  const left = names.map((name, at) => ({ name, value: values[at] ?? '' }))
  return german.replaceAll(placeholder, (_, name: string) => {
    const at = left.findIndex((one) => one.name === name)
    const [{ value } = { value: '' }] = at < 0 ? [] : left.splice(at, 1)
    return name === 'type' ? germanOf(value) : value
  })
}

const translator = (table: Readonly<Record<string, string>>) => {
  const rules = Object.entries(table)
    .filter(([english]) => english.includes('{'))
    .map(ruleOf)
  return (sentence: string): string | undefined => {
    if (Object.hasOwn(table, sentence)) return table[sentence]
    for (const rule of rules) {
      const found = rule.english.exec(sentence)
      if (found) return filled(rule, found.slice(1))
    }
    return undefined
  }
}

const inTable = { fault: translator(faultsDe), refusal: translator(refusalsDe) }

const words = {
  m: { no: 'kein', none: 'keinen', noSuch: 'keinen solchen', whom: 'den' },
  f: { no: 'keine', none: 'keine', noSuch: 'keine solche', whom: 'die' },
  n: { no: 'kein', none: 'kein', noSuch: 'kein solches', whom: 'das' },
} as const

const thingOf = (english = '') => {
  const [gender, name] = (Object.hasOwn(thingsDe, english) && thingsDe[english]) || []
  return gender && name !== undefined ? { ...words[gender], name } : undefined
}

/** Returns the German of the fault of a field, which continues its name; undefined without one. */
export const germanFault = (english: string): string | undefined => {
  const known = inTable.fault(english)
  if (known !== undefined) return known
  // A rule may refuse a field with a sentence of its own.
  const unknown = /^is no (.+) that we know$/.exec(english)
  if (!unknown) return inTable.refusal(english)
  const thing = thingOf(unknown[1])
  return thing && `ist ${thing.no} ${thing.name}, ${thing.whom} wir kennen`
}

/** Returns the German of a sentence that something does not exist. */
const germanOfMissing = (english: string): string | undefined => {
  const [, what, list] =
    /^There is no such (.+?)\.( Look its id up in the list\.)?$/.exec(english) ?? []
  const thing = thingOf(what)
  if (thing)
    return `Es gibt ${thing.noSuch} ${thing.name}.${list ? ' Bitte suchen Sie die Kennung in der Liste.' : ''}`
  const [, other, field] = /^There is no (.+?) with this (\S+)\.$/.exec(english) ?? []
  const found = thingOf(other)
  return found && `Es gibt ${found.none} ${found.name} mit dieser Angabe (${field}).`
}

/** Where the faults of several fields are parted: before the name of a field and its verb. */
const nextFault = /(?:; |\. )(?=[\w[\].-]+ (?:is|must|has|may|and|cannot|does|never|takes|needs) )/

/** Returns the German of a fault with the name of its field. */
const germanOfFault = (english: string): string | undefined => {
  const [, field, fault] = /^(\S+) (.+)$/s.exec(english) ?? []
  const german = fault === undefined ? undefined : germanFault(fault)
  return german === undefined ? undefined : `${field} ${german}`
}

/** Returns the German of faults with the names of their fields: `quantity must be at least 1; note is required.` */
const germanOfFaults = (english: string): string | undefined => {
  const all = english.replace(/\.$/, '')
  const parts = all.split(nextFault).map(germanOfFault)
  if (!parts.includes(undefined)) return `${parts.join('; ')}.`
  // One fault may look like two.
  const one = germanOfFault(all)
  return one && `${one}.`
}

/** Returns the German of a sentence about a refused request; undefined without one. */
export const germanRefusal = (english: string): string | undefined =>
  inTable.refusal(english) ?? germanOfMissing(english) ?? germanOfFaults(english)
