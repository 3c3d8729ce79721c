/**
 * An attempt at a job that has ended because its process stops: the job is left to another process, and the attempt does not
 * count.
 */
export class Interrupted extends Error {
  override name = 'Interrupted'
}
