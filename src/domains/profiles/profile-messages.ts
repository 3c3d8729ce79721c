import { Type, type Static } from 'typebox'
import { evolved, Fields, Nothing, personal, saysNo, patternMessage } from '#kernel'
import { MediaId, Name, Paragraphs, Text, UserId, Username } from '../shared/index.ts'

/**
 * Who sees more of somebody than their username: everybody who is signed in, those who follow them, or nobody but
 * themselves.
 */
export const Privacy = Type.Enum(['public', 'followers', 'private'])
export type Privacy = Static<typeof Privacy>

/** A language tag (BCP 47): `en`, `pt-BR`. */
const Locale = patternMessage(
  'must be a language tag, such as en or pt-BR',
  Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$' }),
)

/** A name of the time zone database: `Europe/Berlin`. */
const TimeZoneName = patternMessage(
  'must be a name of the time zone database, such as Europe/Berlin',
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_+/-]*$',
    maxLength: 64,
  }),
)

/** How somebody wants to be told of things. */
export const Preferences = Fields({
  locale: Locale,
  channels: Fields(
    { inApp: Type.Boolean(), email: Type.Boolean() },
    { description: 'How the user wants to be notified.' },
  ),
  /** Whether they may be sent advertisements. */
  marketing: Type.Boolean(),
})
export type Preferences = Static<typeof Preferences>

/** How Agora looks and counts for somebody. */
export const Settings = Fields({
  theme: Type.Enum(['system', 'light', 'dark']),
  timeZone: TimeZoneName,
})
export type Settings = Static<typeof Settings>

/** What somebody says of themselves as a seller. */
export const Seller = Fields({
  displayName: personal(Text(1, 100)),
  about: Type.Optional(personal(Text(1, 2_000))),
})
export type Seller = Static<typeof Seller>

/** What everybody starts with. */
export const initially: {
  readonly privacy: Privacy
  readonly preferences: Preferences
  readonly settings: Settings
} = {
  privacy: 'public',
  preferences: { locale: 'en', channels: { inApp: true, email: true }, marketing: false },
  settings: { theme: 'system', timeZone: 'UTC' },
}

const beginning = {
  userId: UserId,
  username: personal(Username),
  name: Type.Optional(personal(Name(1, 255))),
}

/** What is to be different; null takes it away. */
const changes = {
  name: Type.Optional(personal(Type.Union([Text(1, 255), Type.Null()]))),
  username: Type.Optional(personal(Username)),
  bio: Type.Optional(personal(Type.Union([Text(1, 2_000), Type.Null()]))),
  avatarMediaId: Type.Optional(Type.Union([MediaId, Type.Null()])),
}

/** As what is written now has to be; what was recorded before may be any text. */
const wishes = {
  ...changes,
  name: Type.Optional(personal(Type.Union([Name(1, 255), Type.Null()]))),
  bio: Type.Optional(personal(Type.Union([Paragraphs(1, 2_000), Type.Null()]))),
}

/** Names a context, or what it counts. */
const Counted = Type.String({ pattern: '^[a-z][A-Za-z0-9-]{0,63}$' })

/** How much contexts had of a person, and have erased. */
const forgotten = {
  counts: Type.Record(
    Counted,
    Type.Record(Counted, Type.Integer({ minimum: 0 }), { additionalProperties: false }),
    {
      additionalProperties: false,
      description: 'How many things there were, by context and by what they are.',
    },
  ),
}

/** As it was recorded when contexts that erase something were three. */
type ForgottenBefore = {
  readonly follows: number
  readonly notifications: number
  readonly addresses: number
}

/** What may be asked of a profile. */
export const commands = {
  CreateProfile: Fields(beginning, { description: 'Begin the profile of a new account.' }),
  UpdateProfile: Fields(wishes, {
    description:
      'Change what is said of somebody; null takes it away. A new username must have been claimed.',
  }),
  ChangePreferences: Fields(
    {
      locale: Type.Optional(Locale),
      channels: Type.Optional(
        Fields({ inApp: Type.Optional(Type.Boolean()), email: Type.Optional(Type.Boolean()) }),
      ),
      marketing: Type.Optional(Type.Boolean()),
    },
    {
      description:
        'Change preferences: language, channels, advertisements. What is left out stays.',
    },
  ),
  ChangeSettings: Fields(
    {
      theme: Type.Optional(Settings.properties.theme),
      timeZone: Type.Optional(TimeZoneName),
      privacy: Type.Optional(Privacy),
    },
    { description: 'Change settings, and who may see the profile. What is left out stays.' },
  ),
  ActivateSeller: Fields(
    {
      displayName: personal(Name(1, 100)),
      about: Type.Optional(personal(Paragraphs(1, 2_000))),
    },
    { description: 'Become a seller, or change what is said of them as one.' },
  ),
  DeleteProfile: Fields({}, { description: 'Leave for good; everything else of them follows.' }),
  ForgetAtOnce: Fields(
    {},
    { description: 'Leave, and be forgotten even where something is still to be sent to them.' },
  ),
  RecordForgotten: Fields(forgotten, {
    description: 'Record that other contexts have forgotten them.',
  }),
}

/** What may happen to a profile. */
export const events = {
  UserProfileCreated: Fields({ ...beginning, name: Type.Optional(personal(Text(1, 255))) }),
  /** Holds what is different now; null for what was taken away. */
  UserUpdated: Fields({ ...changes, previousUsername: Type.Optional(personal(Username)) }),
  UserPreferencesChanged: Preferences,
  UserSettingsChanged: Settings,
  UserPrivacyChanged: Fields({ privacy: Privacy }),
  SellerProfileActivated: Seller,
  /** `username` is missing when there had been no profile yet. */
  UserDeleted: Fields({ username: Type.Optional(personal(Username)) }),
  /** Nothing is to be waited for. */
  UserForgettingHastened: Nothing,
  UserForgotten: evolved(
    Fields(forgotten),
    ({ follows, notifications, addresses }: ForgottenBefore) => ({
      counts: { ordering: { addresses }, profiles: { follows }, notifications: { notifications } },
    }),
  ),
}

/** Why a profile says no. */
export const refusals = {
  NoSuchProfile: saysNo.notFound('There is no such user.'),
  NotDeleted: 'This user has not left.',
}
