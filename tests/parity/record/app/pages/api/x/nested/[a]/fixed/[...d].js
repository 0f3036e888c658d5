import { named } from '../../../../../../lib/answers'

export default named('nested/[a]/fixed/[...d]')
