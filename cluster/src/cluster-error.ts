/** Something the user can put right: its message is the one line that says what and how. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
}
