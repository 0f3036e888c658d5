import { named } from '../../../../lib/answers'

export default named('nested/[[...any]]')
