import { named } from '../../../lib/answers'

export default named('file.json')
