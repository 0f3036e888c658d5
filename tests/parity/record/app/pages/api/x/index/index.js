import { named } from '../../../../lib/answers'

export default named('index/index')
