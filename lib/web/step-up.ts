import { Refusal } from '../base/errors.ts'
import { type PasskeyRequest, proofWords, type StepUpWay } from './proof.ts'

/** Thrown by an action that wants proof first; a form then asks for it in place and is sent again. */
export class StepUpNeeded extends Refusal {
  readonly stepUp: StepUpWay
  /** Set for whoever has passkeys. */
  readonly passkey: PasskeyRequest | undefined

  constructor(way: StepUpWay, message: string = proofWords[way].description, passkey?: PasskeyRequest) {
    super('FORBIDDEN', message)
    this.stepUp = way
    this.passkey = passkey
  }
}
