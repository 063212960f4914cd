import { createRoot } from 'react-dom/client';

import { siteLanguage } from './api/queries';
import { App } from './features/shell/app';
import { guessedLanguage, startWords, storedLanguage } from './ui/i18n';

async function start(): Promise<void> {
  // Known before anything is drawn, so that no page appears in one language and turns into another.
  const language = storedLanguage() ?? (await siteLanguage()) ?? guessedLanguage();
  await startWords(language, 'entry');
  createRoot(document.getElementById('root')!).render(<App />);
}

void start();
