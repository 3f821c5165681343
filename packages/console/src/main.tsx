import '@mantine/core/styles.css';
import 'virtual:mantine-variables.css';
import './shell/base.css';
import type { ConsoleConfig } from '@vigie/api/contract';
import { createRoot } from 'react-dom/client';
import { startLanguages } from './i18n/language.ts';
import { Root } from './shell/root.tsx';
import { Trouble } from './shell/trouble.tsx';

async function readConfig(): Promise<ConsoleConfig | null> {
  try {
    const response = await fetch('/config.json', { cache: 'no-store' });
    return response.ok ? ((await response.json()) as ConsoleConfig) : null;
  } catch {
    // Told to the person in front of it by Trouble.
    return null;
  }
}

const place = document.getElementById('console');
if (place === null) throw new Error('index.html has no #console');
const [config] = await Promise.all([readConfig(), startLanguages()]);
createRoot(place).render(config === null ? <Trouble /> : <Root config={config} />);
