// Exports of this context for other parts of Agora: its deciders, ids and types.

export { alert, AlertId, alertIdOf, AlertState, Severity } from './alert.ts'
