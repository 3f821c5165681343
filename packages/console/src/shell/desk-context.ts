import { createContext, useContext } from 'react';
import type { ConsoleClient } from '../client/console-client.ts';
import type { ConsoleState } from '../state/console-state.ts';
import { useStore } from '../state/store.ts';

export const DeskContext = createContext<ConsoleClient | null>(null);

export function useClient(): ConsoleClient {
  const client = useContext(DeskContext);
  if (client === null) throw new Error('used outside the desk');
  return client;
}

export function useDesk<R>(select: (state: ConsoleState) => R): R {
  return useStore(useClient().store, select);
}

/** Only operators act on incidents; everybody else reads. The API enforces it, the console does not offer it. */
export const useMayAct = (): boolean => useDesk((state) => state.session?.role === 'operator');

/** Orders are written by the authority, for its own cases, and by operators on its behalf. The API enforces it. */
export const useMayDecide = (): boolean =>
  useDesk((state) => state.session?.role === 'canton' || state.session?.role === 'operator');
