export { stock } from './stock.ts'
