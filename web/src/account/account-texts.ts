import { texts } from '../i18n/language.tsx'

/** Texts that all account pages share. */
export const accountTexts = texts(
  {
    account: 'Account',
    profile: 'Profile',
    security: 'Security',
    privacy: 'Privacy',
    preferences: 'Preferences',
    yourData: 'Your data',
  },
  {
    account: 'Konto',
    profile: 'Profil',
    security: 'Sicherheit',
    privacy: 'Privatsphäre',
    preferences: 'Einstellungen',
    yourData: 'Ihre Daten',
  },
)
