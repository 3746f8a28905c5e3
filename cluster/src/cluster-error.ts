import { UserError } from '@orders/platform/user-error'

/** A mistake or a mishap that a person can mend; the message is the one line that they read. */
export class ClusterError extends UserError {
  override readonly name = 'ClusterError'
}
