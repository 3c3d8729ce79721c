import { Type } from 'typebox'
import { Fields } from '#kernel'
import { foundGigs } from '../../gigs/services/found-gigs.ts'
import { foundUsers } from '../../profiles/services/found-users.ts'
import { route } from '../../../serving/route.ts'
import { SearchText } from '../../../serving/searching.ts'
import { SearchType } from '../language.ts'
import { foundProducts } from '../services/searchable.ts'

/** Most suggestions of an answer. */
const most = 10

/** Most gigs among them, where there are more products. */
const mostGigs = 3

/** Most users among them, where there are more products and gigs. */
const mostUsers = 3

/** Whether a text has a letter or digit: nothing is suggested before that. */
const hasWord = (q: string): boolean => /[\p{L}\p{N}]/u.test(q)

/** Suggestions while typing. */
export const suggestionRoutes = [
  route({
    method: 'GET',
    url: '/search/suggest',
    access: 'public',
    operationId: 'suggest',
    summary: 'Suggestions for a search, while it is typed',
    description: 'Products and gigs, and users for callers who are signed in; each text once.',
    query: Fields({ q: SearchText }),
    data: Type.Object({
      suggestions: Type.Array(
        Type.Object({
          type: SearchType,
          text: Type.String(),
          id: Type.Optional(Type.String()),
        }),
        { maxItems: most },
      ),
    }),
    handle: async ({ query: { q }, caller }, ports) => {
      if (!hasWord(q)) return { data: { suggestions: [] } }
      const asking = { q, limit: most }
      const [products, gigs, users] = await Promise.all([
        foundProducts(ports, asking),
        foundGigs(ports, asking),
        caller && foundUsers(ports, caller, asking),
      ])
      const texts = new Set<string>()
      const once = ({ text }: { readonly text: string }): boolean =>
        texts.size < texts.add(text).size
      const named = products.hits
        .map(({ id, document }) => ({ type: 'products' as const, text: document.name, id }))
        .filter(once)
      const offered = gigs.hits
        .map(({ id, document }) => ({ type: 'gigs' as const, text: document.title, id }))
        .filter(once)
      const people = (users?.hits ?? []).map(({ id, document: { username: text } }) => ({
        type: 'users' as const,
        text,
        id,
      }))
      const room = most - Math.min(people.length, mostUsers)
      const things = [
        ...named.slice(0, room - Math.min(offered.length, mostGigs)),
        ...offered,
      ].slice(0, room)
      return { data: { suggestions: [...things, ...people].slice(0, most) } }
    },
  }),
]
