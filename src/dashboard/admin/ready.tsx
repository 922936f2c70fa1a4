// Whether a creator can be paid, in two or three words.
import { Badge } from '../ui/badge.js';

export const Ready = ({ is }: { is: boolean }) =>
  is ? <Badge tone="good">Can be paid</Badge> : <Badge tone="warn">Set-up not finished</Badge>;
