import { expect, test } from 'vitest'
import { cursors } from './cursors.ts'

const { cursorOf, placeIn } = cursors(Buffer.alloc(32, 7))
const place = { value: '2026-03-01T12:00:00.000Z', key: 'someone' }

/** What can be read in a text without a secret, also where it is encoded several times. */
const readable = (text: string): string => {
  const decoded = Buffer.from(text, 'base64url').toString('latin1')
  const inner = /[\w-]{12,}/.exec(decoded)?.[0]
  return inner === undefined ? decoded : decoded + readable(inner)
}

test('a cursor gives its place back, for its question only', () => {
  const cursor = cursorOf('list', place)
  expect(placeIn(cursor, 'list')).toEqual(place)
  expect(cursorOf('list', place)).toBe(cursor)
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(() => placeIn(cursor, 'other list')).toThrow(/cursor/)
})

test('a changed cursor is refused, wherever it was changed', () => {
  const cursor = cursorOf('list', place)
  for (let at = 0; at < cursor.length; at += 1) {
    const letter = cursor[at] === 'A' ? 'B' : 'A'
    const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1)
    expect(() => placeIn(changed, 'list'), `changed at ${at}`).toThrow(/cursor/)
  }
  for (const text of ['', 'A', cursor.slice(0, 43), cursor.slice(0, -1), `${cursor}A`])
    expect(() => placeIn(text, 'list'), text).toThrow(/cursor/)
})

test('a cursor shows nobody what is in it: a list may be ordered by what its reader may not see', () => {
  // The place of a search is a text of its own within that of the list.
  const inner = Buffer.from(JSON.stringify(['question', 0, place.value, place.key]))
  for (const value of [place.value, inner.toString('base64url')]) {
    const cursor = cursorOf('list', { value, key: place.key })
    for (const start of [0, 43]) {
      expect(readable(cursor.slice(start))).not.toContain('2026')
      expect(readable(cursor.slice(start))).not.toContain(place.key)
    }
  }
})
