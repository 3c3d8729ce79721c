import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { MediaId } from './index.ts'

const Ids = Type.Array(MediaId, { maxItems: 20, uniqueItems: true })

/** Change of the files that something refers to: the references to each file are counted by these. */
export const MediaChange = Fields({
  added: Ids,
  dropped: Ids,
  /** What referred to the files is gone: they go with it, unless something else refers to them. */
  ended: Type.Optional(Type.Literal(true)),
})

/** Returns how the files change that something refers to; undefined when they do not. */
export const mediaChange = (
  before: readonly MediaId[],
  after: readonly MediaId[],
): Static<typeof MediaChange> | undefined => {
  const added = after.filter((id) => !before.includes(id))
  const dropped = before.filter((id) => !after.includes(id))
  return added.length + dropped.length === 0 ? undefined : { added, dropped }
}

/** Returns the change when what refers to files goes; undefined when it refers to none. */
export const mediaEnd = (before: readonly MediaId[]): Static<typeof MediaChange> | undefined =>
  before.length === 0 ? undefined : { added: [], dropped: [...before], ended: true }
