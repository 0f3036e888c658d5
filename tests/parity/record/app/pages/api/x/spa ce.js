import { named } from '../../../lib/answers'

export default named('spa ce')
