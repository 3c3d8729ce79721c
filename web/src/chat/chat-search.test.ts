import { describe, expect, test } from 'vitest'
import { chatSearch } from './chat-search.ts'

const [person, gig] = [
  '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
  '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a12',
]

describe('an address of the chat', () => {
  test('names a person, and perhaps a subject', () => {
    expect(chatSearch({ with: person, gig })).toStrictEqual({ with: person, gig })
    expect(chatSearch({ with: person, order: gig })).toStrictEqual({ with: person, order: gig })
  })

  test('names nothing that is no id, and no subject without a person', () => {
    expect(chatSearch({ with: 'javascript:alert(1)', gig })).toStrictEqual({})
    expect(chatSearch({ with: person, gig: 7, order: '' })).toStrictEqual({ with: person })
    expect(chatSearch({})).toStrictEqual({})
  })
})
