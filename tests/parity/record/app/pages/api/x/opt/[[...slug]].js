import { namedWithUrl } from '../../../../lib/answers'

export default namedWithUrl('opt/[[...slug]]')
