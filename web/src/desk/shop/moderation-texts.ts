import { texts } from '../../i18n/language.tsx'

const en = {
  title: 'Moderation',
  kinds: 'What is moderated',
  posts: 'Posts',
  reviews: 'Reviews',
  words: 'Words of the post',
  product: 'Id of a product, or its name',
  show: 'Show',
  noPosts: 'No post has these words.',
  noReviews: 'There are no reviews here.',
  chooseProduct: 'Look for a product to see its reviews.',
  of: (name: string) => `Reviews of ${name}`,
  by: 'By',
  somebody: 'somebody who has left',
  comments: (count: string) => `Comments: ${count}`,
  showComments: 'Show comments',
  remove: 'Delete …',
  removeTitle: 'Delete this for everybody?',
  removeNow: 'Delete',
  removed: 'It is deleted.',
  deleted: 'deleted',
}

const de: typeof en = {
  title: 'Moderation',
  kinds: 'Was moderiert wird',
  posts: 'Beiträge',
  reviews: 'Bewertungen',
  words: 'Wörter des Beitrags',
  product: 'Nummer eines Produkts oder sein Name',
  show: 'Anzeigen',
  noPosts: 'Kein Beitrag hat diese Wörter.',
  noReviews: 'Hier gibt es keine Bewertungen.',
  chooseProduct: 'Suchen Sie ein Produkt, um seine Bewertungen zu sehen.',
  of: (name) => `Bewertungen von ${name}`,
  by: 'Von',
  somebody: 'jemandem, der gegangen ist',
  comments: (count) => `Kommentare: ${count}`,
  showComments: 'Kommentare zeigen',
  remove: 'Löschen …',
  removeTitle: 'Das für alle löschen?',
  removeNow: 'Löschen',
  removed: 'Es ist gelöscht.',
  deleted: 'gelöscht',
}

/** Texts of the desk's page for moderation. */
export const moderationTexts = texts(en, de)
