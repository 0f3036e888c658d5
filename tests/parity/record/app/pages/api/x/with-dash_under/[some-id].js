import { named } from '../../../../lib/answers'

export default named('with-dash_under/[some-id]')
