import { texts } from '../i18n/language.tsx'

/** Texts of the user's own profile. */
export const profileTexts = texts(
  {
    aboutYou: 'About you',
    name: 'Name',
    username: 'Username',
    usernameHint: '2 to 64 letters (a to z), digits, dots, dashes or underscores.',
    bio: 'About me',
    bioHint: 'At most 2,000 characters. Your privacy settings say who sees it.',
    picture: 'Picture',
    pictureFile: 'Picture file',
    choosePicture: 'Choose a picture',
    removePicture: 'Remove the picture',
    pictureHint: 'JPEG, PNG, WebP, GIF or AVIF.',
    uploading: 'Uploading',
    unverified: (email: string) =>
      `Please confirm your address ${email} by the link in the mail that we have sent.`,
    resend: 'Send the mail again',
    resent: (email: string) => `The mail to ${email} is on its way.`,
  },
  {
    aboutYou: 'Über Sie',
    name: 'Name',
    username: 'Benutzername',
    usernameHint: '2 bis 64 Buchstaben (a bis z), Ziffern, Punkte, Binde- oder Unterstriche.',
    bio: 'Über mich',
    bioHint: 'Höchstens 2.000 Zeichen. Ihre Privatsphäre bestimmt, wer das sieht.',
    picture: 'Bild',
    pictureFile: 'Bilddatei',
    choosePicture: 'Bild auswählen',
    removePicture: 'Bild entfernen',
    pictureHint: 'JPEG, PNG, WebP, GIF oder AVIF.',
    uploading: 'Wird hochgeladen',
    unverified: (email: string) =>
      `Bitte bestätigen Sie Ihre Adresse ${email} über den Link in der E-Mail, die wir geschickt haben.`,
    resend: 'E-Mail noch einmal senden',
    resent: (email: string) => `Die E-Mail an ${email} ist unterwegs.`,
  },
)
