import { derivedId, end, only, saga, send } from '#kernel'
import { notification } from '../domains/notifications/language.ts'
import { searchIndex } from '../domains/search/language.ts'
import { NotificationId } from '../domains/shared/index.ts'

/** Notifies the admin who requested the rebuild of a search index that it answers now. */
export const reindexing = saga({
  name: 'reindexing',
  subject: 'Rebuild of a search index',
  from: [searchIndex],
  to: [only(notification, 'RequestNotification')],
  // One run for each rebuild.
  key: ({ id, data: { generation } }) => `${id}-${generation}`,
}).rules<null>({
  initialState: null,
  on: {
    SearchIndexRebuilt: (_, { id, data: { type, requestedBy, generation, comparison } }) =>
      end(
        null,
        send(
          notification,
          derivedId(NotificationId, id, 'rebuilt', String(generation)),
          'RequestNotification',
          {
            userId: requestedBy,
            channel: 'in_app',
            type: 'search_index_rebuilt',
            subject: `The search index of ${type} is rebuilt`,
            text: `Generation ${generation} answers now. ${comparison ? inWords(comparison) : 'There was no index to compare it with.'}`,
          },
        ),
      ),
  },
})

const inWords = ({
  same,
  different,
  onlyOld,
  onlyNew,
}: {
  readonly same: number
  readonly different: number
  readonly onlyOld: number
  readonly onlyNew: number
}): string =>
  `Compared with the one before: ${same} documents the same, ${different} different, ${onlyNew} new, ${onlyOld} gone.`
