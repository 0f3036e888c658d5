import { named } from '../../../../../../lib/answers'

export default named('prec/[id]/deep/[...tail]')
