import { namedWithUrl } from '../../../../../lib/answers'

export default namedWithUrl('[id]/[name]')
