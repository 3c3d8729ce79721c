import { MongoBulkWriteError } from 'mongodb'
import { storable } from './json.ts'
import type { MongoDocument } from './mongo-query.ts'
import { DocumentRefused } from './port.ts'

/**
 * Write errors by which MongoDB refuses a document for good, in our words: its own message may quote values, which may be
 * personal data.
 */
const refusals: ReadonlyMap<number | string | undefined, string> = new Map([
  [2, 'a value is invalid'],
  [9, 'it cannot be parsed'],
  [15, 'it is nested too deep'],
  [22, 'it is no valid BSON'],
  [52, 'the name of a field begins with $'],
  [57, 'the name of a field has a dot'],
  [121, 'it fails the validation of its collection'],
  [10_334, 'it is too large'],
  [17_280, 'an indexed value is too large'],
  [17_419, 'it is too large'],
  [17_420, 'it is too large'],
])

/** What a unique index refuses a document for; undefined for other errors, and for the key itself. */
const uniqueIn = (code: number | string | undefined, errmsg = ''): string | undefined => {
  if (code !== 11_000 || /index: _id/.test(errmsg)) return undefined
  const [, index] = /index: (\S+) dup key/.exec(errmsg) ?? []
  return index === undefined ? 'a unique index' : `the index ${index} is unique`
}

/**
 * Whether a bulk write failed only because other writers have inserted some of its documents meanwhile. An error
 * without any write error is a lost connection: its outcome is unknown.
 */
export const isOutrun = (error: unknown): boolean => {
  if (!(error instanceof MongoBulkWriteError)) return false
  const errors = [error.writeErrors].flat()
  return (
    errors.length > 0 &&
    error.result.getWriteConcernError() === undefined &&
    errors.every(({ code, errmsg }) => code === 11_000 && /index: _id/.test(errmsg ?? ''))
  )
}

/**
 * The refusal of one document that a bulk write failed with, if there is one.
 * @param keys of the batch
 */
export const refusalIn = (
  error: unknown,
  documents: readonly MongoDocument[],
  keys: Iterable<string>,
): DocumentRefused | undefined => {
  if (!(error instanceof MongoBulkWriteError)) return undefined
  for (const { code, index, errmsg } of [error.writeErrors].flat()) {
    const reason = refusals.get(code) ?? uniqueIn(code, errmsg)
    const document = documents[index]
    if (!document || reason === undefined) continue
    for (const key of keys)
      if (storable(key) === document._id)
        // Without the cause, which has the whole document.
        return new DocumentRefused(key, `${reason} (code ${code})`)
  }
  return undefined
}
