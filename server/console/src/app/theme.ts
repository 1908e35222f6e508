/** Colours and shapes: calm, high contrast, the same in both themes. */
import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'deep',
  // white on it 6.3:1 or more
  primaryShade: { light: 8, dark: 8 },
  colors: {
    deep: [
      '#eaf4f6',
      '#d3e6ea',
      '#a5ccd5',
      '#74b1bf',
      '#4d9aac',
      '#348ba0',
      '#24839a',
      '#147086',
      '#0b5f73',
      '#084d5e',
    ],
  },
  defaultRadius: 'md',
  autoContrast: true,
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif, 'Own Sans'",
  headings: { fontWeight: '650' },
});
