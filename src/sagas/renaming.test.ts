import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { username, usernameIdOf } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { renaming } from './renaming.ts'

const userId = derivedId(UserId, 'ada')
const ofProfile = (type: string, data: object) =>
  recorded(streamOf(profile, userId), { type, data })
const confirm = (name: string) => send(username, usernameIdOf(name), 'ConfirmUsername', { userId })
const release = (name: string) => send(username, usernameIdOf(name), 'ReleaseUsername', { userId })
const renamed = (from: string, to: string) =>
  ofProfile('UserUpdated', { username: to, previousUsername: from })

describe('another username', () => {
  test('is theirs for good, and the old one is free', () =>
    expect(reacting(renaming).given().on(renamed('ada', 'countess')).steps).toEqual([
      confirm('countess'),
      release('ada'),
    ]))

  test('that is the same in another way of writing stays theirs', () =>
    expect(reacting(renaming).given().on(renamed('ada', 'Ada')).steps).toEqual([]))

  test('is no matter of other changes', () =>
    expect(
      reacting(renaming)
        .given()
        .on(ofProfile('UserUpdated', { bio: 'x' })).steps,
    ).toEqual([]))

  const lost = (name: string) => refusalOf(confirm(name), 'Taken')
  const back = (name: string) => send(profile, userId, 'UpdateProfile', { username: name })

  test('that somebody else has by now is given up for the old one', () =>
    expect(reacting(renaming).given(renamed('ada', 'countess')).on(lost('countess')).steps).toEqual(
      [back('ada')],
    ))

  test('is one that nobody else has when the old one is gone as well', () => {
    const past = [renamed('ada', 'countess'), lost('countess'), renamed('countess', 'ada')]
    const free = `user-${userId.replaceAll('-', '')}`
    expect(
      reacting(renaming)
        .given(...past)
        .on(lost('ada')).steps,
    ).toEqual([back(free)])
    const later = [...past, lost('ada'), renamed('ada', free), renamed(free, 'lady')]
    expect(
      reacting(renaming)
        .given(...later)
        .on(lost('lady')).steps,
    ).toEqual([back(free)])
  })

  test('is free when they leave meanwhile', () => {
    const left = ofProfile('UserDeleted', { username: 'countess' })
    expect(reacting(renaming).given(renamed('ada', 'countess')).on(left).steps).toEqual([
      release('countess'),
    ])
    expect(reacting(renaming).given().on(left).steps).toEqual([])
  })
})
