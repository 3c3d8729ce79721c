import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { account } from '../domains/identity/language.ts'
import { afterChange, initially, Privacy, profile } from '../domains/profiles/language.ts'
import { Text, UserId, Username } from '../domains/shared/index.ts'

const Name = Text(1, 255)
const Bio = Text(1, 2_000)

const Person = Fields({
  id: UserId,
  username: personal(Username),
  name: Type.Optional(personal(Name)),
  bio: Type.Optional(personal(Bio)),
  privacy: Privacy,
  /** The name and the bio, while the profile is public: users are found by them. */
  publicName: Type.Optional(personal(Name)),
  publicBio: Type.Optional(personal(Bio)),
  /** Whether the account is suspended; only admins find the user then. */
  suspended: Type.Boolean(),
  createdAt: Timestamp,
})
type Person = Static<typeof Person>

/** Users, searched by username, and by name and bio where the profile is public. Answers show what `profiles` has of them. */
export const searchUsers = projection({
  name: 'search_users',
  store: 'elasticsearch',
  within: 5_000,
  document: Person,
  from: [account, profile],
  key: 'id',
  search: { fields: ['username', 'publicName', 'publicBio'], newest: 'createdAt' },
}).rules({
  UserRegistered: (_, { id, at, data: { username, name } }) => newPerson(id, at, username, name),
  UserProfileCreated: (document, { id, at, data: { username, name } }) =>
    document ?? newPerson(id, at, username, name),
  UserUpdated: (document, { data }) => {
    if (!document) return undefined
    const { name: nameBefore, bio: bioBefore, ...others } = document
    const [name, bio] = [afterChange(data.name, nameBefore), afterChange(data.bio, bioBefore)]
    return searchable({
      ...others,
      username: data.username ?? document.username,
      ...(name !== undefined && { name }),
      ...(bio !== undefined && { bio }),
    })
  },
  UserPrivacyChanged: (document, { data: { privacy } }) =>
    document && searchable({ ...document, privacy }),
  UserDeleted: () => undefined,

  AccountSuspended: (document) => document && { ...document, suspended: true },
  AccountResumed: (document) => document && { ...document, suspended: false },
  AccountClosed: () => undefined,
})

const newPerson = (id: UserId, at: string, username: string, name: string | undefined): Person =>
  searchable({
    id,
    username,
    ...(name !== undefined && { name }),
    privacy: initially.privacy,
    suspended: false,
    createdAt: at,
  })

/** Sets what search finds a user by. */
const searchable = (document: Person): Person => {
  const { publicName: _, publicBio: __, ...rest } = document
  const { name, bio, privacy } = rest
  if (privacy !== 'public') return rest
  return {
    ...rest,
    ...(name !== undefined && { publicName: name }),
    ...(bio !== undefined && { publicBio: bio }),
  }
}
