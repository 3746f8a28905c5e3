import { groupMessagesPerPartition } from './group-messages.ts'
import type { Encoder, Internals, LibraryRequest } from './library.ts'
import { encodeProduce, type RequestHead } from './produce-request.ts'

/** Carries the fast way through the library: versions 4 to 7 copy all fields of version 3. */
const WHOLE = Symbol('encodes a request with its head')

interface FastRequest extends LibraryRequest {
  [WHOLE]?: (head: RequestHead) => Buffer | null
}

/** Makes replacements that do what the given functions do, and call them where they cannot. */
export function replacementsFor(library: Internals): Omit<Internals, 'Encoder'> {
  const asEncoder = (bytes: Buffer): Encoder =>
    Object.assign(new library.Encoder(0), { buf: bytes, offset: bytes.length })

  return {
    group: groupMessagesPerPartition,

    createProduce: (input) => {
      const request = library.createProduce(input)
      const fast: FastRequest = {
        ...request,
        encode: async () => {
          const bytes = encodeProduce(input)
          return bytes ? asEncoder(bytes) : request.encode()
        },
        [WHOLE]: (head) => encodeProduce(input, head),
      }
      return fast
    },

    frame: async (call) => {
      const { request, correlationId, clientId } = call
      const { apiKey, apiVersion, [WHOLE]: encodeWhole } = request as FastRequest
      const bytes = encodeWhole?.({ apiKey, apiVersion, correlationId, clientId })
      return bytes ? asEncoder(bytes) : library.frame(call)
    },
  }
}
