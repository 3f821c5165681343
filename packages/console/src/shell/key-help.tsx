import { useEffect, useRef } from 'react';
import { useWords } from '../i18n/language.ts';

export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const { say } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const rows = [
    [['J', 'K', '↓', '↑'], say('keys.move')],
    [['T'], say('keys.top')],
    [['A'], say('keys.ack')],
    [['S'], say('keys.start')],
    [['N'], say('keys.note')],
    [['M'], say('keys.mass')],
    [['/'], say('find.label')],
    [['O'], say('situation.title')],
    [[say('keys.escape')], say('keys.leave')],
    [['?'], say('keys.help')],
  ] as const;
  return (
    <dialog ref={dialog} className="key-help" aria-labelledby="key-help" onClose={onClose}>
      <h2 id="key-help">{say('keys.title')}</h2>
      <dl>
        {rows.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" className="plain-button">
          {say('case.close')}
        </button>
      </form>
    </dialog>
  );
}
