import { Refusal } from '../base/errors.ts'
import { proofWords, type StepUpWay } from './proof.ts'

/** Thrown by an action that wants proof first; a form then asks for it in place and is sent again. */
export class StepUpNeeded extends Refusal {
  readonly stepUp: StepUpWay

  constructor(way: StepUpWay, message: string = proofWords[way].description) {
    super('FORBIDDEN', message)
    this.stepUp = way
  }
}
