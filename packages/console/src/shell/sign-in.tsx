import { Button, PasswordInput } from '@mantine/core';
import type { ConsoleConfig } from '@vigie/api/contract';
import { type FormEvent, useState } from 'react';
import { type Say, useWords } from '../i18n/language.ts';
import type { SignIn } from '../state/console-state.ts';
import { Languages, SchemeButton } from './settings.tsx';

interface Props {
  readonly config: ConsoleConfig;
  readonly state: SignIn;
  readonly onToken: (token: string) => void;
}

export function SignInPage({ config, state, onToken }: Props) {
  const { say } = useWords();
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  };
  const trouble = troubleOf(say, state);
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit}>
        <div className="sign-in-head">
          <img src="/icon.svg" alt="" width="40" height="40" />
          <div>
            <h1>{say('app.name')}</h1>
            <p>
              {say('app.console')} · {say(`site.${config.site}`)}
            </p>
          </div>
        </div>
        <PasswordInput
          label={say('signIn.token')}
          description={say('signIn.hint')}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="off"
          autoFocus
          visibilityToggleButtonProps={{ 'aria-hidden': true }}
          error={trouble}
          data-test="token"
        />
        <Button type="submit" loading={state === 'asking'} fullWidth>
          {say('signIn.go')}
        </Button>
        <div className="sign-in-foot">
          <Languages />
          <SchemeButton />
        </div>
      </form>
    </main>
  );
}

function troubleOf(say: Say, state: SignIn): string | null {
  return state === 'refused' || state === 'unreachable' || state === 'ended' ? say(`signIn.${state}`) : null;
}
