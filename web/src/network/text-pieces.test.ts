import { expect, test } from 'vitest'
import { piecesOf, recognisedIn } from './text-pieces.ts'

test('a text is divided at its mentions and tags', () => {
  const text = 'For @ada: the #Lamp, not C#no or a&#x20;'
  expect(
    piecesOf(text, { mentions: [{ userId: 'u1', start: 4, end: 8 }], tags: ['lamp', 'no'] }),
  ).toStrictEqual([
    { kind: 'plain', text: 'For ' },
    { kind: 'mention', text: '@ada', userId: 'u1' },
    { kind: 'plain', text: ': the ' },
    { kind: 'tag', text: '#Lamp', tag: 'lamp' },
    { kind: 'plain', text: ', not C#no or a&#x20;' },
  ])
})

test('tags that the server has not found stay text, as do ranges that cannot be', () => {
  const mentions = [
    { userId: 'u1', start: 0, end: 4 },
    { userId: 'u2', start: 2, end: 6 },
    { userId: 'u3', start: 5, end: 500 },
  ]
  expect(piecesOf('@ada #other', { mentions, tags: [] })).toStrictEqual([
    { kind: 'mention', text: '@ada', userId: 'u1' },
    { kind: 'plain', text: ' #other' },
  ])
  expect(piecesOf('', { mentions: [] })).toStrictEqual([])
})

test('tags and names are recognised while they are written, each once', () => {
  expect(recognisedIn('#Über #1 @ada. mail@ada.org #Über')).toStrictEqual(['#Über', '@ada'])
})
