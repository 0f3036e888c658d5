import { named } from '../../../../lib/answers'

export default named('opt3/[id]')
