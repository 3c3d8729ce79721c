import { expect, test } from 'vitest'
import { threadsOf } from './threads.ts'

const comment = (id: string, parentId?: string) => ({
  id,
  postId: 'p',
  content: id,
  mentions: [],
  answers: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...(parentId !== undefined && { parentId }),
})

test('answers stand below their comment, in the order in which they were written', () => {
  const all = [comment('e', 'b'), comment('d'), comment('c', 'b'), comment('b')]
  const shown = threadsOf(all).map(({ comment: { id }, answers }) => [
    id,
    ...answers.map((answer) => answer.id),
  ])
  expect(shown).toStrictEqual([['d'], ['b', 'c', 'e']])
})

test('an answer to a comment that is not read yet stands alone', () => {
  expect(threadsOf([comment('c', 'b')])).toHaveLength(1)
})
