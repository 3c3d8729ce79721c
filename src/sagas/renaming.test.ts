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

describe('a new username', () => {
  test('is confirmed, and the old one released', () =>
    expect(reacting(renaming).given().on(renamed('ada', 'countess')).steps).toEqual([
      confirm('countess'),
      release('ada'),
    ]))

  test('that is another spelling of the old one needs no command', () =>
    expect(reacting(renaming).given().on(renamed('ada', 'Ada')).steps).toEqual([]))

  test('is not touched by other changes of the profile', () =>
    expect(
      reacting(renaming)
        .given()
        .on(ofProfile('UserUpdated', { bio: 'x' })).steps,
    ).toEqual([]))

  test('without an old one needs no command', () =>
    expect(
      reacting(renaming)
        .given()
        .on(ofProfile('UserUpdated', { username: 'countess' })).steps,
    ).toEqual([]))

  const lost = (name: string) => refusalOf(confirm(name), 'Taken')
  const back = (name: string) => send(profile, userId, 'UpdateProfile', { username: name })

  test('that another user has claimed is replaced by the old one', () =>
    expect(reacting(renaming).given(renamed('ada', 'countess')).on(lost('countess')).steps).toEqual(
      [back('ada')],
    ))

  test('is made of the user id when the old one is taken as well', () => {
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

  test('is released when the user leaves meanwhile', () => {
    const left = ofProfile('UserDeleted', { username: 'countess' })
    expect(reacting(renaming).given(renamed('ada', 'countess')).on(left).steps).toEqual([
      release('countess'),
    ])
    expect(reacting(renaming).given().on(left).steps).toEqual([])
  })
})
