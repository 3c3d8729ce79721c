import type { TSchema } from 'typebox'
import { shapeOf } from './shape.ts'
import type { Find } from './values.ts'

/** The ids that answers had, by kind; requests are made with them, so that handlers find what they ask about. */
export type Pool = {
  readonly add: (kind: string, id: string, seenBy: string) => void
  /** Adds the ids of a value, by the schema of it. */
  readonly harvest: (schema: TSchema, value: unknown, seenBy: string) => void
  /** Finds ids for a caller. */
  readonly findFor: (caller: string) => Find
  readonly idsOf: (kind: string) => readonly string[]
  /** Ids that are never used: of the people whom the run needs. */
  readonly protect: (id: string) => void
}

/** Most ids of a kind; older ones are dropped. */
const most = 60

/** An id of nothing. */
const nobody = '00000000-0000-4000-8000-000000000000'

/** Creates an empty pool. */
export const pool = (): Pool => {
  const byKind = new Map<string, Map<string, Set<string>>>()
  const isProtected = new Set<string>()

  const add: Pool['add'] = (kind, id, seenBy) => {
    if (isProtected.has(id)) return
    const ids = byKind.get(kind) ?? new Map<string, Set<string>>()
    byKind.set(kind, ids)
    const seen = ids.get(id) ?? new Set()
    ids.set(id, seen.add(seenBy))
    const [oldest] = ids.keys()
    if (ids.size > most && oldest !== undefined) ids.delete(oldest)
  }

  const harvest: Pool['harvest'] = (schema, value, seenBy) => {
    const { title, properties, items, anyOf = [] } = shapeOf(schema)
    if (typeof value === 'string' && title?.endsWith('Id')) return add(title, value, seenBy)
    for (const option of anyOf) harvest(option, value, seenBy)
    if (Array.isArray(value) && items) for (const one of value) harvest(items, one, seenBy)
    if (typeof value === 'object' && value !== null)
      for (const [name, property] of Object.entries(properties ?? {}))
        if (Object.hasOwn(value, name)) harvest(property, Reflect.get(value, name), seenBy)
  }

  return {
    add,
    harvest,
    idsOf: (kind) => [...(byKind.get(kind)?.keys() ?? [])],
    protect: (id) => void isProtected.add(id),
    findFor:
      (caller) =>
      ({ kind, at, isOwn }) => {
        const all = [...(byKind.get(kind) ?? [])]
        const own = isOwn ? all.filter(([, seen]) => seen.has(caller)) : []
        const among = own.length > 0 ? own : all
        return among[at % Math.max(1, among.length)]?.[0] ?? nobody
      },
  }
}
