import { createRoot } from 'react-dom/client';

import { App } from './features/shell/app';
import { guessedLanguage, startWords } from './ui/i18n';

void startWords(guessedLanguage()).then(() => createRoot(document.getElementById('root')!).render(<App />));
