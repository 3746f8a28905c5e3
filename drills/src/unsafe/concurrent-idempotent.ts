import { produce } from './produce.ts'

// Unsafe in spite of `idempotent`: with several sends under way on a partition, the library gives
// the sequence number of a lost answer to the next order, and the broker takes that for a repeat.
await produce({ name: 'concurrent-idempotent', options: { idempotent: true }, acks: -1 })
