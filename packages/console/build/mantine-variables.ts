// Mantine writes the CSS variables of a theme into a <style> element when the page runs, which a Content-Security-Policy
// without 'unsafe-inline' forbids. They depend on the theme alone, so they become a style sheet at build time.
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import type { Plugin } from 'vite';
import { theme } from '../src/theme.ts';

const NAME = 'virtual:mantine-variables.css';

export function mantineVariables(): Plugin {
  return {
    name: 'vigie:mantine-variables',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) =>
      id === `\0${NAME}`
        ? convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)))
        : undefined,
  };
}
