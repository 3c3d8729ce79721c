import { texts } from '../i18n/language.tsx'

/** Texts of the download and the deletion of the user's data. */
export const dataTexts = texts(
  {
    download: 'Download your data',
    downloadHint:
      'A file (JSON) with your profile, settings, sessions, orders, payments, reviews, posts, the list of your files, the people you follow or block, your conversations and your notifications.',
    downloadStart: 'Download',
    downloading: 'Your data are being gathered',
    downloaded: 'The file has been saved by your browser.',
    deletion: 'Delete your account',
    deletionHint: 'This cannot be undone. It means:',
    lostData:
      'Your profile, posts, comments, files and settings are removed, and you are signed out everywhere.',
    unpaidOrders: 'Orders that are not paid, and gigs that are not delivered, are cancelled.',
    paidOrders:
      'Orders that are paid are still sent to you. Their address is erased once they are shipped.',
    freeName: 'Your e-mail address and your username may be used again, also by others.',
    deletionStart: 'Delete the account …',
    deletionAsk: 'Delete your account for good?',
    deletionConfirm: 'Delete for good',
    typeName: (username: string) => `Type your username ${username} to confirm`,
    otherName: 'is not your username',
    farewell: 'Goodbye',
    deleted: 'Your account is deleted. Your data are being erased; that takes a moment.',
    calledOff: (count: number) =>
      count === 1 ? 'One open order is cancelled.' : `${count} open orders are cancelled.`,
    toShip: (count: number) =>
      count === 1
        ? 'One paid order is still sent to you; its address is erased then.'
        : `${count} paid orders are still sent to you; their addresses are erased then.`,
    toShop: 'To the shop',
  },
  {
    download: 'Ihre Daten herunterladen',
    downloadHint:
      'Eine Datei (JSON) mit Ihrem Profil, Ihren Einstellungen, Sitzungen, Bestellungen, Zahlungen, Bewertungen und Beiträgen, der Liste Ihrer Dateien, den Personen, denen Sie folgen oder die Sie blockieren, Ihren Unterhaltungen und Mitteilungen.',
    downloadStart: 'Herunterladen',
    downloading: 'Ihre Daten werden zusammengestellt',
    downloaded: 'Ihr Browser hat die Datei gespeichert.',
    deletion: 'Konto löschen',
    deletionHint: 'Das lässt sich nicht rückgängig machen. Es bedeutet:',
    lostData:
      'Ihr Profil, Ihre Beiträge, Kommentare, Dateien und Einstellungen werden entfernt, und Sie werden überall abgemeldet.',
    unpaidOrders: 'Unbezahlte Bestellungen und Aufträge ohne Lieferung werden storniert.',
    paidOrders:
      'Bezahlte Bestellungen bekommen Sie noch. Deren Adresse wird gelöscht, sobald sie verschickt sind.',
    freeName:
      'Ihre E-Mail-Adresse und Ihr Benutzername können wieder verwendet werden, auch von anderen.',
    deletionStart: 'Konto löschen …',
    deletionAsk: 'Ihr Konto endgültig löschen?',
    deletionConfirm: 'Endgültig löschen',
    typeName: (username: string) => `Geben Sie zur Bestätigung Ihren Benutzernamen ${username} ein`,
    otherName: 'ist nicht Ihr Benutzername',
    farewell: 'Auf Wiedersehen',
    deleted: 'Ihr Konto ist gelöscht. Ihre Daten werden entfernt; das dauert einen Moment.',
    calledOff: (count: number) =>
      count === 1
        ? 'Eine offene Bestellung wird storniert.'
        : `${count} offene Bestellungen werden storniert.`,
    toShip: (count: number) =>
      count === 1
        ? 'Eine bezahlte Bestellung bekommen Sie noch; deren Adresse wird dann gelöscht.'
        : `${count} bezahlte Bestellungen bekommen Sie noch; deren Adressen werden dann gelöscht.`,
    toShop: 'Zum Laden',
  },
)
