// Signed out or signed in: the desk exists only together with a client, and both end with the session.
import { MantineProvider } from '@mantine/core';
import type { ConsoleConfig } from '@vigie/api/contract';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ConsoleClient } from '../client/console-client.ts';
import { forgetToken, rememberToken, rememberedToken, signIn } from '../client/session.ts';
import { type SignIn, initialState } from '../state/console-state.ts';
import { Store } from '../state/store.ts';
import { theme } from '../theme.ts';
import { DeskContext } from './desk-context.ts';
import { Desk } from './desk.tsx';
import { SignInPage } from './sign-in.tsx';

export function Root({ config }: { readonly config: ConsoleConfig }) {
  const [client, setClient] = useState<ConsoleClient | null>(null);
  const [state, setState] = useState<SignIn>(rememberedToken() === null ? 'idle' : 'asking');
  const running = useRef<ConsoleClient | null>(null);

  const leave = useCallback((why: SignIn) => {
    forgetToken();
    running.current?.stop();
    running.current = null;
    setClient(null);
    setState(why);
  }, []);

  const enter = useCallback(
    async (token: string) => {
      setState('asking');
      const result = await signIn(config, token);
      if (result.kind !== 'signed-in') {
        if (result.kind === 'refused') forgetToken();
        setState(result.kind);
        return;
      }
      rememberToken(token);
      const initial = initialState(config);
      const { link } = initial;
      const store = new Store({
        ...initial,
        session: result.session,
        link: result.site === link.at ? link : { ...link, at: result.site, leftBehind: link.at },
      });
      running.current?.stop();
      running.current = new ConsoleClient(store, token, () => leave('ended'));
      setClient(running.current);
      await running.current.start();
    },
    [config, leave],
  );

  useEffect(() => {
    const token = rememberedToken();
    if (token !== null) void enter(token);
    return () => running.current?.stop();
  }, [enter]);

  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      {client === null ? (
        <SignInPage config={config} state={state} onToken={(token) => void enter(token)} />
      ) : (
        <DeskContext value={client}>
          <Desk onSignOut={() => leave('idle')} />
        </DeskContext>
      )}
    </MantineProvider>
  );
}
