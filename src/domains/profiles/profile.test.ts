import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { catalogue, derivedId, streamOf } from '#kernel'
import { given, someMetadata } from '#kernel/testing'
import { validatingLog } from '../../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { executor } from '../../runtime/execute.ts'
import { memorySnapshots } from '../../platform/storage/snapshots/memory.ts'
import { MediaId, UserId } from '../shared/index.ts'
import { profile } from './profile.ts'
import { initially } from './profile-messages.ts'

const userId = derivedId(UserId, 'ada')
const beginning = { userId, username: 'ada', name: 'Ada' }
const create = { type: 'CreateProfile' as const, data: beginning }
const created = { type: 'UserProfileCreated' as const, data: beginning }
const remove = { type: 'DeleteProfile' as const, data: {} }
const deleted = { type: 'UserDeleted' as const, data: { username: 'ada' } }
const avatarMediaId = derivedId(MediaId, 'portrait')

describe('a profile', () => {
  test('is created once', () => {
    given(profile).when(create).yields(created)
    given(profile, created).when(create).yields()
  })

  test('records the changed fields only', () => {
    given(profile, created)
      .when({ type: 'UpdateProfile', data: { name: 'Ada', bio: 'Counts', avatarMediaId } })
      .yields(
        { type: 'UserMediaChanged', data: { added: [avatarMediaId], dropped: [] } },
        { type: 'UserUpdated', data: { bio: 'Counts', avatarMediaId } },
      )
    given(profile, created, { type: 'UserUpdated', data: { avatarMediaId } })
      .when({ type: 'UpdateProfile', data: { avatarMediaId: null } })
      .yields(
        { type: 'UserMediaChanged', data: { added: [], dropped: [avatarMediaId] } },
        { type: 'UserUpdated', data: { avatarMediaId: null } },
      )
    given(profile, created)
      .when({ type: 'UpdateProfile', data: { name: 'Ada', username: 'ada', bio: null } })
      .yields()
    given(profile, created).when({ type: 'UpdateProfile', data: {} }).yields()
  })

  test('removes fields by null', () => {
    const bare = { type: 'UserUpdated' as const, data: { name: null } }
    given(profile, created)
      .when({ type: 'UpdateProfile', data: { name: null } })
      .yields(bare)
    given(profile, created, bare)
      .when({ type: 'UpdateProfile', data: { name: null } })
      .yields()
    given(profile, created, bare)
      .when({ type: 'UpdateProfile', data: { name: 'Ada' } })
      .yields({ type: 'UserUpdated', data: { name: 'Ada' } })
  })

  test('records the previous username with a new one', () =>
    given(profile, created)
      .when({ type: 'UpdateProfile', data: { username: 'countess' } })
      .yields({
        type: 'UserUpdated',
        data: { username: 'countess', previousUsername: 'ada' },
      }))

  test('keeps its username when other fields change', () =>
    given(profile, created, { type: 'UserUpdated', data: { bio: 'Counts' } })
      .when({ type: 'UpdateProfile', data: { username: 'ada', bio: 'Counts' } })
      .yields())

  test('records preferences when they differ', () => {
    const { preferences } = initially
    const german = { ...preferences, locale: 'de' }
    const quiet = { ...preferences, channels: { ...preferences.channels, email: false } }
    const change = (data: typeof preferences) => ({ type: 'ChangePreferences' as const, data })
    const changed = { type: 'UserPreferencesChanged' as const, data: german }
    given(profile, created).when(change(preferences)).yields()
    given(profile, created).when(change(german)).yields(changed)
    given(profile, created)
      .when(change(quiet))
      .yields({ ...changed, data: quiet })
    given(profile, created, changed).when(change(german)).yields()
    for (const one of [
      { ...preferences, marketing: !preferences.marketing },
      { ...preferences, channels: { ...preferences.channels, inApp: false } },
      { ...preferences, channels: { ...preferences.channels, sms: false } },
    ])
      given(profile, created)
        .when(change(one))
        .yields({ ...changed, data: one })
  })

  test('changes channels of kinds one by one, and removes quiet hours', () => {
    const { preferences } = initially
    const quietHours = { from: '22:00', to: '07:00' }
    const kinds = { mentioned: { push: false } }
    const changed = {
      type: 'UserPreferencesChanged' as const,
      data: { ...preferences, kinds, quietHours },
    }
    given(profile, created)
      .when({ type: 'ChangePreferences', data: { kinds, quietHours } })
      .yields(changed)
    given(profile, created, changed)
      .when({ type: 'ChangePreferences', data: { channels: { email: true }, kinds } })
      .yields()
    given(profile, created, changed)
      .when({
        type: 'ChangePreferences',
        data: { kinds: { followed: { push: true } }, quietHours: null },
      })
      .yields({
        ...changed,
        data: { ...preferences, kinds: { ...kinds, followed: { push: true } } },
      })
    given(profile, created, changed)
      .when({ type: 'ChangePreferences', data: { kinds: { mentioned: null, followed: null } } })
      .yields({ ...changed, data: { ...preferences, quietHours } })
  })

  test('has channels of a hundred kinds at most', () => {
    const { preferences } = initially
    const hundred = Array.from({ length: 100 }, (_, n) => [`kind_${n}`, { push: false }] as const)
    const kinds = Object.fromEntries(hundred)
    const changed = {
      type: 'UserPreferencesChanged' as const,
      data: { ...preferences, kinds },
    }
    const change = (data: Record<string, { push: boolean } | null>) => ({
      type: 'ChangePreferences' as const,
      data: { kinds: data },
    })
    given(profile, created).when(change(kinds)).yields(changed)
    given(profile, created, changed)
      .when(change({ mentioned: { push: true } }))
      .refuses('TooManyKinds')
    const { kind_0: _, ...others } = kinds
    given(profile, created, changed)
      .when(change({ kind_0: null, mentioned: { push: true } }))
      .yields({
        ...changed,
        data: { ...preferences, kinds: { ...others, mentioned: { push: true } } },
      })
  })

  test('records settings and privacy as separate events', () => {
    const { settings } = initially
    const dark = { ...settings, theme: 'dark' as const }
    const change = (data: typeof settings, privacy: 'public' | 'private') => ({
      type: 'ChangeSettings' as const,
      data: { ...data, privacy },
    })
    const darkened = { type: 'UserSettingsChanged' as const, data: dark }
    const hidden = { type: 'UserPrivacyChanged' as const, data: { privacy: 'private' as const } }
    given(profile, created).when(change(settings, 'public')).yields()
    given(profile, created).when(change(dark, 'public')).yields(darkened)
    given(profile, created).when(change(settings, 'private')).yields(hidden)
    given(profile, created).when(change(dark, 'private')).yields(darkened, hidden)
    given(profile, created, darkened, hidden).when(change(dark, 'private')).yields()
    const abroad = { ...settings, timeZone: 'Asia/Tokyo' }
    given(profile, created)
      .when({ type: 'ChangeSettings', data: { timeZone: 'Asia/Tokyo' } })
      .yields({ ...darkened, data: abroad })
  })

  test('has the details of a seller', () => {
    const activate = { type: 'ActivateSeller' as const, data: { displayName: 'Engines' } }
    const activated = { ...activate, type: 'SellerProfileActivated' as const }
    given(profile, created).when(activate).yields(activated)
    given(profile, created, activated).when(activate).yields()
    const told = { displayName: 'Engines', about: 'Analytical ones' }
    given(profile, created, activated)
      .when({ ...activate, data: told })
      .yields({ ...activated, data: told })
  })

  test('is deleted for good, even before it was created', () => {
    given(profile, created).when(remove).yields(deleted)
    given(profile, created, deleted).when(remove).yields()
    given(profile).when(remove).yields({ type: 'UserDeleted', data: {} })
    given(profile, { type: 'UserDeleted', data: {} }).when(create).yields()
    given(profile, created, deleted)
      .when({ type: 'UpdateProfile', data: { bio: 'Back' } })
      .refuses('NoSuchProfile')
  })

  test('that was deleted records the erasure once', () => {
    const data = { counts: { profiles: { follows: 1 }, ordering: { addresses: 3 } } }
    const forgotten = { type: 'UserForgotten' as const, data }
    const record = { type: 'RecordForgotten' as const, data }
    given(profile, created).when(record).refuses('NotDeleted')
    given(profile, created, deleted).when(record).yields(forgotten)
    given(profile, created, deleted, forgotten).when(record).yields()
  })

  test('is erased by a recorded event of version 1', async () => {
    const events = catalogue([profile])
    const raw = memoryEventLog()
    const log = validatingLog(raw, events)
    const recorded = [
      deleted,
      { type: 'UserForgotten', data: { follows: 1, notifications: 2, addresses: 3 } },
    ].map((event) => ({ ...event, eventId: randomUUID(), metadata: someMetadata }))
    await raw.append(streamOf(profile, userId), 'none', recorded)
    const { stateOf } = executor({ log, snapshots: memorySnapshots(), catalogue: events })
    const { state } = await stateOf(profile, userId)
    expect(state).toEqual({ status: 'deleted', forgotten: true })
    const [, forgotten] = await raw.read(streamOf(profile, userId))
    const { data } = events.upToDate(forgotten!)
    expect(data).toEqual({
      counts: {
        ordering: { addresses: 3 },
        profiles: { follows: 1 },
        notifications: { notifications: 2 },
      },
    })
    expect(events.problemWith('UserForgotten', data)).toBeUndefined()
  })

  test('records counts of any context, and nothing else', () => {
    const { problemWith } = catalogue([profile])
    const problem = (counts: unknown) => problemWith('UserForgotten', { counts })
    expect(problem({ reviews: { reviews: 2, pictures: 0 } })).toBeUndefined()
    expect(problem({ reviews: { reviews: -1 } })).toBeDefined()
    expect(problem({ reviews: { 'ada wrote': 1 } })).toBeDefined()
    expect(problem({ 'ada lovelace': {} })).toBeDefined()
    expect(problem({ reviews: 2 })).toBeDefined()
  })

  test('that was deleted is erased without waiting, on request', () => {
    const insist = { type: 'ForgetAtOnce' as const, data: {} }
    const hastened = { type: 'UserForgettingHastened' as const, data: {} }
    const data = { counts: {} }
    given(profile, created).when(insist).yields(deleted, hastened)
    given(profile, created, deleted).when(insist).yields(hastened)
    given(profile, created, deleted, hastened).when(insist).yields()
    given(profile, created, deleted, { type: 'UserForgotten', data }).when(insist).yields(hastened)
    given(profile, created, deleted, hastened).when({ type: 'RecordForgotten', data }).yields({
      type: 'UserForgotten',
      data,
    })
  })

  test.each([
    { type: 'UpdateProfile', data: { bio: 'x' } } as const,
    { type: 'ChangePreferences', data: initially.preferences } as const,
    { type: 'ChangeSettings', data: { ...initially.settings, privacy: 'public' } } as const,
    { type: 'ActivateSeller', data: { displayName: 'x' } } as const,
  ])('must exist for $type', (command) => given(profile).when(command).refuses('NoSuchProfile'))
})
