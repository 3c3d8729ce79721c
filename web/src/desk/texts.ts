import { useLanguage, type Language } from '../i18n/language.tsx'

const en = {
  desk: 'Desk',
  openMenu: 'Pages of the desk',
  areas: { operations: 'Operations', business: 'Business', events: 'Events', figures: 'Figures' },
  pages: {
    overview: 'Overview',
    projections: 'Projections',
    deadLetters: 'Dead letters',
    jobs: 'Jobs',
    bridges: 'Bridges',
    groups: 'Consumer groups',
    webhooks: 'Webhooks',
    logs: 'Logs',
    audits: 'Audits',
    orders: 'Orders and sagas',
    products: 'Products and stock',
    payments: 'Payments and refunds',
    promotions: 'Promotions',
    people: 'People',
    moderation: 'Moderation',
    events: 'Event browser',
    why: 'Why?',
    live: 'Live tail',
    replays: 'Replays',
    dashboard: 'Dashboard',
    reports: 'Reports',
  },
}

/** Texts of the desk's frame in one language. */
export type DeskTexts = typeof en

const de: DeskTexts = {
  desk: 'Leitstand',
  openMenu: 'Seiten des Leitstands',
  areas: { operations: 'Betrieb', business: 'Geschäft', events: 'Ereignisse', figures: 'Zahlen' },
  pages: {
    overview: 'Überblick',
    projections: 'Projektionen',
    deadLetters: 'Dead Letters',
    jobs: 'Geplante Aufgaben',
    bridges: 'Brücken',
    groups: 'Verbrauchergruppen',
    webhooks: 'Webhooks',
    logs: 'Logs',
    audits: 'Prüfungen',
    orders: 'Bestellungen und Sagas',
    products: 'Produkte und Bestand',
    payments: 'Zahlungen und Erstattungen',
    promotions: 'Aktionen',
    people: 'Personen',
    moderation: 'Moderation',
    events: 'Ereignis-Browser',
    why: 'Warum?',
    live: 'Live mitlesen',
    replays: 'Wiederholungen',
    dashboard: 'Dashboard',
    reports: 'Berichte',
  },
}

const all: Readonly<Record<Language, DeskTexts>> = { en, de }

/** Returns the texts of the desk's frame in the language of the page. */
export const useDeskTexts = (): DeskTexts => all[useLanguage().language]
