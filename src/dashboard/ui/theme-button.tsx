// Goes round the themes.
import { nextTheme, theme } from '../format/theme.js';
import { useStore } from '../store.js';
import { Button } from './button.js';
import { Icon } from './icons.js';

const SHOWN = {
  system: ['system', 'Theme: as the system'],
  light: ['sun', 'Theme: light'],
  dark: ['moon', 'Theme: dark'],
} as const;

export function ThemeButton() {
  const [icon, label] = SHOWN[useStore(theme)];
  return (
    <Button look="bare" small className="px-2" aria-label={label} title={label} onClick={nextTheme}>
      <Icon name={icon} />
    </Button>
  );
}
