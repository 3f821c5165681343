// One theme for page and build. Shade 8 with automatic contrast is what keeps Mantine's own components at WCAG AA.
import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: 'sm',
  // Mantine's own greys are neutral; these lean to the blue of the console's dark panels. Light to dark, as Mantine counts.
  colors: {
    dark: [
      '#e7ecf1',
      '#b9c4ce',
      '#a9b6c2',
      '#66737f',
      '#3c4854',
      '#2e3944',
      '#202a33',
      '#171e25',
      '#11171d',
      '#0e1318',
    ],
  },
  cursorType: 'pointer',
  // Fonts of the machine: nothing is fetched, nothing has to be licensed.
  fontFamily: 'system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
});
