import { Type, type Static } from 'typebox'
import { Fields, isRefusal, type StateOf } from '#kernel'
import { account } from '../../identity/language.ts'
import { mustOwnMedia } from '../../media/services/own-media.ts'
import { initially, Preferences, Privacy, profile, Seller, Settings } from '../language.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { personOf } from '../../identity/services/accounts.ts'
import { User } from '../../identity/services/sign-in.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { noTokenCookies } from '../../../serving/cookies.ts'
import { mustBeNoAdmin, OpenOrders, openOrdersOf } from '../../identity/services/leaving.ts'
import { Fresh } from '../../../serving/lists.ts'
import { change, claimUsername, mustBeAt } from '../services/profile-changes.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { signInsOf, SignIns } from '../../identity/services/sign-ins.ts'
import { route } from '../../../serving/route.ts'

const params = Fields({ id: UserId })

/** A user's own fields of the profile, after the command that changed them. */
const OwnFields = Type.Object({
  userId: UserId,
  username: Type.String(),
  name: Type.Optional(Type.String()),
  bio: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
})

const SettingsAndPrivacy = Fields({ ...Settings.properties, privacy: Privacy })

type Active = Pick<
  Extract<StateOf<typeof profile>, { readonly status: 'active' }>,
  'username' | 'name' | 'bio' | 'avatarMediaId' | 'seller'
>

const sellerPart = ({ seller }: Active) => seller && { seller }

const ownFieldsOf = (
  userId: UserId,
  { username, name, bio, avatarMediaId }: Active,
): Static<typeof OwnFields> => ({
  userId,
  username,
  ...(name !== undefined && { name }),
  ...(bio !== undefined && { bio }),
  ...(avatarMediaId !== undefined && { avatarMediaId }),
})

/** The caller's account, with the profile and the sign-ins. */
const Me = Type.Object({
  ...User.properties,
  bio: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
  privacy: Privacy,
  seller: Type.Optional(Seller),
  signIns: SignIns,
})

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** Returns preferences and settings; users without a profile yet have the initial ones. */
const mine = async (executor: Executor, userId: UserId) => {
  const { state, revision, position } = await executor.stateOf(profile, userId)
  if (state.status === 'deleted') throw notFound('user')
  return { ...(state.status === 'active' ? state : initially), revision, position }
}

/** Routes of a user's own profile. */
export const ownProfileRoutes = [
  route({
    method: 'GET',
    url: '/users/me',
    access: 'user',
    operationId: 'me',
    summary: 'My profile',
    query: Fresh,
    data: Me,
    problems: [404],
    handle: async ({ caller }, { executor }) => {
      const { state, position } = await executor.stateOf(account, caller.id)
      if (state.status !== 'active') throw notFound('account')
      const { era: _, credentials: __, name: registered, ...person } = personOf(caller.id, state)
      // The revision is the profile's, for `PATCH /users/ID`, which does not change the account.
      const { state: said, revision } = await executor.stateOf(profile, caller.id)
      const now = said.status === 'active' ? said : { ...person, ...initially, name: registered }
      return {
        data: {
          ...person,
          ...ownFieldsOf(caller.id, now),
          privacy: now.privacy,
          ...sellerPart(now),
          signIns: signInsOf(state),
        },
        // A profile that does not exist yet begins at revision 0.
        revision: Math.max(revision, 0),
        position,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/users/me/preferences',
    access: 'user',
    operationId: 'getPreferences',
    summary: 'In which language and by which channels I want to be notified',
    data: Preferences,
    problems: [404],
    handle: async ({ caller }, { executor }) => {
      const { preferences: data, revision, position } = await mine(executor, caller.id)
      return { data, revision, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/users/me/preferences',
    access: 'user',
    operationId: 'changePreferences',
    summary: 'Change my preferences; omitted fields stay unchanged',
    body: profile.commands.ChangePreferences,
    example: { ...initially.preferences, locale: 'de' },
    data: Preferences,
    problems: [404],
    guarded: true,
    handle: async ({ caller, body, origin, expecting }, { executor }) => {
      const command = { type: 'ChangePreferences' as const, data: body }
      const answer = await change(executor, caller.id, command, origin, expecting)
      const { profile: now, position, revision } = answer
      return { data: now.preferences, position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/users/me/settings',
    access: 'user',
    operationId: 'getSettings',
    summary: 'My settings, and who may see my profile',
    data: SettingsAndPrivacy,
    problems: [404],
    handle: async ({ caller }, { executor }) => {
      const { settings, privacy, revision, position } = await mine(executor, caller.id)
      return { data: { ...settings, privacy }, revision, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/users/me/settings',
    access: 'user',
    operationId: 'changeSettings',
    summary: 'Change my settings and the privacy of my profile; omitted fields stay unchanged',
    description:
      'With `followers`, every signed-in user may still follow, and sees the profile from then on: no consent is needed, and followers cannot be removed. With `private`, only followers whom the user has accepted see it (`/users/me/follow-requests`).',
    body: profile.commands.ChangeSettings,
    example: { theme: 'dark', timeZone: 'Europe/Berlin', privacy: 'followers' },
    data: SettingsAndPrivacy,
    problems: [404],
    guarded: true,
    handle: async ({ caller, body, origin, expecting }, { executor }) => {
      if (body.timeZone !== undefined && !isTimeZone(body.timeZone))
        throw invalid('timeZone', 'must be a name of the time zone database, such as Europe/Berlin')
      const command = { type: 'ChangeSettings' as const, data: body }
      const answer = await change(executor, caller.id, command, origin, expecting)
      const { profile: now, position, revision } = answer
      return { data: { ...now.settings, privacy: now.privacy }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/users/me/seller',
    access: 'user',
    operationId: 'becomeSeller',
    summary: 'Become a seller, or change my details as a seller',
    description:
      'The role is granted a moment later. The access token stays valid; the next one has the role: get it at `/auth/refresh`, or sign in again.',
    body: profile.commands.ActivateSeller,
    example: { displayName: 'Engines & Co', about: 'Analytical engines, new and used' },
    data: Type.Object({
      userId: UserId,
      seller: Seller,
      status: Type.Enum(['PENDING', 'ACTIVE'], { description: 'Of the role' }),
    }),
    status: 202,
    problems: [404],
    handle: async ({ caller, body, origin }, { executor }) => {
      const command = { type: 'ActivateSeller' as const, data: body }
      const { position, revision } = await change(executor, caller.id, command, origin, {})
      const { state } = await executor.stateOf(account, caller.id)
      const has = state.status !== 'new' && state.roles.includes('seller')
      const status = has ? ('ACTIVE' as const) : ('PENDING' as const)
      return { data: { userId: caller.id, seller: body, status }, position, revision }
    },
  }),

  route({
    method: 'PATCH',
    url: '/users/:id',
    access: 'user',
    operationId: 'updateProfile',
    rpcs: [{ name: 'agora.user.v1.UserService/UpdateProfile' }],
    summary: 'Change the profile of a user',
    description:
      'Omitted fields stay unchanged; null removes a field. The picture is a file that the user has uploaded.',
    params,
    body: profile.commands.UpdateProfile,
    example: { name: 'Ada King', bio: 'Counts', username: 'countess' },
    data: OwnFields,
    problems: [404, 409],
    guarded: true,
    handle: async ({ params: { id }, caller, body, origin, expecting }, { executor }) => {
      mustOwn(caller, id)
      const { avatarMediaId } = body
      if (typeof avatarMediaId === 'string')
        await mustOwnMedia(executor, id, avatarMediaId, 'avatarMediaId', { kinds: ['image'] })
      if (body.username !== undefined) {
        await mustBeAt(executor, id, origin, expecting)
        await claimUsername(executor, id, body.username, origin)
      }
      const command = { type: 'UpdateProfile' as const, data: body }
      const answer = await change(executor, id, command, origin, expecting)
      const { profile: now, position, revision } = answer
      return { data: ownFieldsOf(id, now), position, revision }
    },
  }),

  route({
    method: 'DELETE',
    url: '/users/:id',
    access: 'user',
    operationId: 'deleteUser',
    summary: 'Delete a user and erase their data',
    description:
      'The account is closed, sessions end, address and username are released; other contexts erase the data of the user a moment later. Unpaid orders are cancelled. Paid orders stay, without the address once they are shipped: only then is the erasure complete. The token is invalid after this; an admin may repeat the request to see the progress.',
    params,
    data: Type.Object({
      userId: UserId,
      status: Type.Enum(['PENDING', 'COMPLETED']),
      orders: OpenOrders,
    }),
    status: 202,
    problems: [404, 409],
    guarded: true,
    handle: async (
      { params: { id }, caller, origin, expecting },
      { executor, readModels, config },
    ) => {
      mustOwn(caller, id)
      const { state: person } = await executor.stateOf(account, id)
      if (person.status === 'new') throw notFound('user')
      mustBeNoAdmin(person)
      const open = await openOrdersOf(readModels, id)
      const command = { type: 'DeleteProfile' as const, data: {} }
      const answer = await executor.execute(profile, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(profile, answer)
      const { state, position, revision } = answer
      const done = state.status === 'deleted' && state.forgotten
      const status = done ? ('COMPLETED' as const) : ('PENDING' as const)
      const data = { userId: id, status, orders: open }
      const cookies = caller.id === id && { cookies: noTokenCookies(config) }
      return { data, position, revision, ...cookies }
    },
  }),
]
