// Exports of this context for other parts of Agora: its deciders, ids and types.

export { stock } from './stock.ts'
