import { UserError } from '@orders/platform/user-error'

/** Evidence could not be read; that says nothing about the run, neither good nor bad. */
export class CouldNotJudge extends UserError {
  override readonly name = 'CouldNotJudge'
}
