/** Which half of the way of an order is compared. */
export type Kind = 'consumers' | 'producers'

/** What one way has made of the orders under one fault. */
export interface Row {
  kind: Kind
  way: string
  /** A way of this project; nothing may be lost or counted twice. */
  isSafe: boolean
  fault: string
  acknowledged: number
  /** Of these, how many are not on the log (producers), or not stored (consumers). */
  lost: number
  /** Copies beyond the first: on the log, or given to the consumer. */
  deliveredAgain: number
  /** Effects beyond the first of an order; null where a way has no effects, as a producer. */
  secondEffects: number | null
  /** From the death to the first order that goes on; the longest, where there were several. */
  recoverMs: number
  /** What a reader should take away, in a few words. */
  teaches: string
}
