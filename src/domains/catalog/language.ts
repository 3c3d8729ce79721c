// What other parts of Agora may use of this context: its deciders, ids and types.

export { product } from './product.ts'
