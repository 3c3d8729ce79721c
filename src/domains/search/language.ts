// Exports of this context for other parts of Agora: its deciders, ids and types.

export { searchIndex, searchIndexIdOf, SearchType, searchTypes } from './search-index.ts'
