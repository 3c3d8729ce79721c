import { texts } from '../i18n/language.tsx'

/** Texts of who sees the user's profile. */
export const privacyTexts = texts(
  {
    visibility: 'Who sees your profile',
    whoSees: 'Your name, picture, posts and what you write about yourself are seen by',
    public: 'Everyone',
    publicHint: 'All signed-in users.',
    followers: 'Followers',
    followersHint: 'Everyone may still follow you, and sees your profile from then on.',
    private: 'Followers whom you accept',
    privateHint: 'Others see your username only, and may ask to follow you.',
    blocked: 'Blocked people',
    blockedHint:
      'Neither of you can write to or follow the other. People are not told that you block them.',
    nobodyBlocked: 'You block nobody.',
    left: 'A person who has left',
    unblock: 'Unblock',
    unblockOf: (name: string) => `Unblock ${name}`,
    unblocked: 'Unblocked.',
  },
  {
    visibility: 'Wer Ihr Profil sieht',
    whoSees: 'Ihren Namen, Ihr Bild, Ihre Beiträge und was Sie über sich schreiben, sehen',
    public: 'Alle',
    publicHint: 'Alle angemeldeten Personen.',
    followers: 'Wer Ihnen folgt',
    followersHint: 'Alle können Ihnen weiterhin folgen und sehen dann Ihr Profil.',
    private: 'Wer Ihnen mit Ihrer Zustimmung folgt',
    privateHint: 'Andere sehen nur Ihren Benutzernamen und können anfragen, ob sie folgen dürfen.',
    blocked: 'Blockierte Personen',
    blockedHint:
      'Keine von beiden Seiten kann der anderen schreiben oder folgen. Blockierte Personen erfahren nichts davon.',
    nobodyBlocked: 'Sie blockieren niemanden.',
    left: 'Eine Person, die Agora verlassen hat',
    unblock: 'Freigeben',
    unblockOf: (name: string) => `Freigeben: ${name}`,
    unblocked: 'Freigegeben.',
  },
)
