import { texts } from '../i18n/language.tsx'

/** Texts of the notifications. */
export const notificationTexts = texts(
  {
    title: 'Notifications',
    which: 'Which notifications',
    all: 'All',
    onlyUnread: 'Unread',
    list: 'Notifications',
    none: 'No notifications yet.',
    noneUnread: 'You have read everything.',
    unread: 'New',
    read: 'Mark as read',
    readAll: 'Mark all as read',
    preferences: 'Preferences',
    arrived: (subject: string) => `New notification: ${subject}`,
  },
  {
    title: 'Mitteilungen',
    which: 'Welche Mitteilungen',
    all: 'Alle',
    onlyUnread: 'Ungelesene',
    list: 'Mitteilungen',
    none: 'Noch keine Mitteilungen.',
    noneUnread: 'Sie haben alles gelesen.',
    unread: 'Neu',
    read: 'Als gelesen markieren',
    readAll: 'Alle als gelesen markieren',
    preferences: 'Einstellungen',
    arrived: (subject: string) => `Neue Mitteilung: ${subject}`,
  },
)
