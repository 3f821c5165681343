import { useWords } from '../i18n/language.ts';

export function Trouble() {
  const { say } = useWords();
  return (
    <main className="trouble">
      <h1>{say('trouble.title')}</h1>
      <p>{say('trouble.config')}</p>
    </main>
  );
}
