import { named } from '../../../../../lib/answers'

export default named('mix/[id]/[...tail]')
