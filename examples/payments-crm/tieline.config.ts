import { tieline } from 'tieline'
import { sqlite } from 'tieline/sqlite'
import { paymentFlow, signUpFlow } from './flows.ts'

export default tieline({ store: sqlite('./tieline.db'), flows: [signUpFlow, paymentFlow] })
