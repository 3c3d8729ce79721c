import { texts } from '../i18n/language.tsx'

/** Texts of the ways to sign in. */
export const securityTexts = texts(
  {
    endsOthers: 'All your other sessions end.',
    changePassword: 'Change password',
    currentPassword: 'Current password',
    newPassword: 'New password',
    newPasswordHint: 'At least 8 characters; common passwords and your own name are not accepted.',
    passwordChanged: 'Your password is changed.',
    yourPassword: 'Your password',
    password: 'Password',
    noPassword: 'You sign in at another site and have no password here.',
    setPassword: 'Set a password by mail',
    changeEmail: 'Change e-mail address',
    newEmail: 'New e-mail address',
    emailNow: (email: string) =>
      `Your address is ${email}. We send a mail to the new one; it is used once you have confirmed it.`,
    emailMailed: (email: string) => `Please confirm the change by the mail to ${email}.`,
    identities: 'Sign-in at other sites',
    linkedSince: (day: string) => `linked since ${day}`,
    link: (provider: string) => `Link ${provider}`,
    linkHow: (provider: string) =>
      `You sign in at ${provider} once, and can then use it to sign in here.`,
    goThere: (provider: string) => `Go to ${provider}`,
    signInAgain:
      'It is too long since you signed in. Please sign out, sign in again, and then link the account.',
    unlink: 'Unlink',
    unlinkOf: (provider: string) => `Unlink ${provider}`,
    unlinkAsk: (provider: string) => `Unlink ${provider}?`,
  },
  {
    endsOthers: 'Alle Ihre anderen Sitzungen enden.',
    changePassword: 'Passwort ändern',
    currentPassword: 'Jetziges Passwort',
    newPassword: 'Neues Passwort',
    newPasswordHint:
      'Mindestens 8 Zeichen; häufige Passwörter und Ihr eigener Name werden nicht angenommen.',
    passwordChanged: 'Ihr Passwort ist geändert.',
    yourPassword: 'Ihr Passwort',
    password: 'Passwort',
    noPassword: 'Sie melden sich bei einer anderen Seite an und haben hier kein Passwort.',
    setPassword: 'Passwort per E-Mail setzen',
    changeEmail: 'E-Mail-Adresse ändern',
    newEmail: 'Neue E-Mail-Adresse',
    emailNow: (email: string) =>
      `Ihre Adresse ist ${email}. Wir schicken eine E-Mail an die neue; sie gilt, sobald Sie sie bestätigt haben.`,
    emailMailed: (email: string) =>
      `Bitte bestätigen Sie die Änderung über die E-Mail an ${email}.`,
    identities: 'Anmeldung bei anderen Seiten',
    linkedSince: (day: string) => `verknüpft seit ${day}`,
    link: (provider: string) => `${provider} verknüpfen`,
    linkHow: (provider: string) =>
      `Sie melden sich einmal bei ${provider} an und können sich dann hier damit anmelden.`,
    goThere: (provider: string) => `Weiter zu ${provider}`,
    signInAgain:
      'Ihre Anmeldung liegt zu lange zurück. Bitte melden Sie sich ab, wieder an, und verknüpfen Sie das Konto dann.',
    unlink: 'Verknüpfung lösen',
    unlinkOf: (provider: string) => `Verknüpfung lösen: ${provider}`,
    unlinkAsk: (provider: string) => `Verknüpfung mit ${provider} lösen?`,
  },
)
