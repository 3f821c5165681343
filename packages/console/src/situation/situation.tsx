// The situation, for those who answer for the centre: what is wrong with the system, who is unobserved, how fast alarms are answered.
// Alarms go on arriving while it is looked at, so how many wait is always said, one key away.
import './situation.css';
import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useWords } from '../i18n/language.ts';
import { Kpi } from './kpi.tsx';
import { System } from './system.tsx';
import { Unobserved } from './unobserved.tsx';

interface Props {
  readonly waiting: number;
  readonly onBack: () => void;
  readonly onOpenCase: (caseId: string) => void;
}

export function Situation({ waiting, onBack, onOpenCase }: Props) {
  const { say } = useWords();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <main className="situation" data-test="situation">
      <div className="situation-head">
        <h2 ref={title} tabIndex={-1}>
          {say('situation.title')}
        </h2>
        <Button size="compact-sm" variant="default" onClick={onBack} rightSection={<kbd>O</kbd>}>
          {say('situation.back', { count: waiting })}
        </Button>
      </div>
      <div className="situation-blocks">
        <section className="block" aria-labelledby="situation-system">
          <h3 id="situation-system">{say('situation.system')}</h3>
          <System />
        </section>
        <section className="block" aria-labelledby="situation-unobserved">
          <h3 id="situation-unobserved">{say('unobserved.title')}</h3>
          <Unobserved onOpen={onOpenCase} />
        </section>
        <section className="block" aria-labelledby="situation-kpi">
          <h3 id="situation-kpi">{say('kpi.title')}</h3>
          <Kpi />
        </section>
      </div>
    </main>
  );
}
