import { named } from '../../../../lib/answers'

export default named('with.dot/file.name')
