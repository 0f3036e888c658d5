import { namedWithUrl } from '../../../../lib/answers'

export default namedWithUrl('all/[...rest]')
