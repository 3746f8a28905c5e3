import { produce } from './produce.ts'

// Unsafe: the leader alone answers. What its followers had not fetched dies with it, acknowledged.
await produce({ name: 'acks-one', options: {}, acks: 1 })
