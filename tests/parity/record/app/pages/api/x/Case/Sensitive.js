import { named } from '../../../../lib/answers'

export default named('Case/Sensitive')
