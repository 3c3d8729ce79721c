import { expect, test } from 'vitest'
import { mentionsIn, mostMentions, mostTags, tagsIn } from './text-parts.ts'

test.each([
  ['#Über #über and #日本語', ['über', '日本語']],
  ['(#a), #b. #c_d!', ['a', 'b', 'c_d']],
  ['#2024 is no tag, #2024er is', ['2024er']],
  ['a#b, ##c, &#39; /x#y and https://a.b/#part', []],
  ['#नमस्ते', ['नमस्ते']],
  ['# alone', []],
  [`#${'x'.repeat(101)}`, []],
  [`#${'x'.repeat(100)}`, ['x'.repeat(100)]],
])('the tags of %s', (text, tags) => expect(tagsIn(text)).toEqual(tags))

test.each([
  ['@ann and (@Bob)', [['ann'], ['Bob']], [0, 10]],
  ['Thanks, @ann.', [['ann.', 'ann']], [8]],
  ['@a.b-c_d', [['a.b-c_d']], [0]],
  ['me@ann.org, @@ann, x/@ann, é@ann', [], []],
  ['@annä @ann@host', [], []],
  ['Grüße, @ann!', [['ann']], [7]],
  ['@ann...', [['ann...', 'ann']], [0]],
  ['@a', [], []],
  ['@a.', [['a.']], [0]],
])('the possible mentions of %s', (text, names, starts) => {
  const found = mentionsIn(text)
  expect(found.map((one) => one.names)).toEqual(names)
  expect(found.map(({ start }) => start)).toEqual(starts)
})

test('a text has no more tags and mentions than can be looked up', () => {
  const many = Array.from({ length: 40 }, (_, nth) => `#tag${nth} @user${nth}`).join(' ')
  expect([tagsIn(many).length, mentionsIn(many).length]).toEqual([mostTags, mostMentions])
})
