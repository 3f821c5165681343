// One theme for page and build. Shade 8 with automatic contrast is what keeps Mantine's own components at WCAG AA.
import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  // Fonts of the machine: nothing is fetched, nothing has to be licensed.
  fontFamily: 'system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
});
