// A curfew, or passes: a list of times, each once, every day, on days of the week, or by a rule of its own.
import { ActionIcon, Button, Checkbox } from '@mantine/core';
import type { MessageKey } from '../i18n/fr.ts';
import { useWords } from '../i18n/language.ts';
import { weekdays } from '../i18n/quantities.ts';
import { Glyph } from '../shell/glyph.tsx';
import { Choice, Text } from './fields.tsx';
import { ProblemList, idOf, useProblemsUnder } from './problems.tsx';
import { DAYS, REPEATS, type SpanDraft, changed, newSpan } from './spans.ts';

interface Props {
  readonly path: string;
  readonly title: MessageKey;
  readonly none: MessageKey;
  readonly add: MessageKey;
  readonly spans: readonly SpanDraft[];
  /** What a new one begins with. */
  readonly start: string;
  readonly repeat: SpanDraft['repeat'];
  readonly onChange: (spans: readonly SpanDraft[]) => void;
}

export function SpanList({ path, title, none, add, spans, start, repeat, onChange }: Props) {
  const { say } = useWords();
  return (
    <fieldset className="order-spans" id={idOf(path)} tabIndex={-1}>
      <legend>{say(title)}</legend>
      {spans.length === 0 && <p className="panel-hint">{say(none)}</p>}
      {spans.map((span, i) => (
        <Span
          key={span.key}
          span={span}
          path={`${path}[${i}]`}
          onChange={(next) => onChange(spans.map((one) => (one.key === span.key ? next : one)))}
          onRemove={() => onChange(spans.filter(({ key }) => key !== span.key))}
        />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<Glyph name="plus" />}
        onClick={() => onChange([...spans, newSpan(start, repeat)])}
      >
        {say(add)}
      </Button>
    </fieldset>
  );
}

interface SpanProps {
  readonly span: SpanDraft;
  readonly path: string;
  readonly onChange: (span: SpanDraft) => void;
  readonly onRemove: () => void;
}

function Span({ span, path, onChange, onRemove }: SpanProps) {
  const { say, language } = useWords();
  const problems = useProblemsUnder(path);
  const names = weekdays(language);
  const change = (patch: Parameters<typeof changed>[1]) => onChange(changed(span, patch));
  return (
    <div className="order-span" id={idOf(path)} tabIndex={-1}>
      <div className="order-row">
        <Text
          path={`${path}.dtstart`}
          label="order.f.dtstart"
          type="datetime-local"
          value={span.start}
          onChange={(start) => change({ start })}
        />
        <Text
          path={`${path}.hours`}
          label="order.f.hours"
          unit="h"
          numeric
          value={span.hours}
          onChange={(hours) => change({ hours })}
        />
        <Text
          path={`${path}.minutes`}
          label="order.f.minutes"
          unit="min"
          numeric
          value={span.minutes}
          onChange={(minutes) => change({ minutes })}
        />
        <Choice
          path={`${path}.repeat`}
          label="order.f.repeat"
          value={span.repeat}
          onChange={(repeat) => change({ repeat: REPEATS.find((known) => known === repeat) ?? span.repeat })}
          options={REPEATS.map((value) => ({ value, label: say(`order.repeat.${value}`) }))}
        />
        <Choice
          path={`${path}.holidays`}
          label="order.f.holidays"
          value={span.holidays}
          onChange={(value) => change({ holidays: value === 'only' || value === 'except' ? value : '' })}
          options={(['', 'only', 'except'] as const).map((value) => ({
            value,
            label: say(value === '' ? 'order.holidays.any' : `order.holidays.${value}`),
          }))}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={say('order.remove')}
          title={say('order.remove')}
          onClick={onRemove}
        >
          <Glyph name="close" />
        </ActionIcon>
      </div>
      {span.repeat === 'weekly' && (
        <div className="order-days">
          {DAYS.map((day, i) => (
            <Checkbox
              key={day}
              size="md"
              label={names[i]}
              checked={span.days.includes(day)}
              onChange={(event) => {
                const on = event.currentTarget.checked;
                change({ days: DAYS.filter((one) => (one === day ? on : span.days.includes(one))) });
              }}
            />
          ))}
        </div>
      )}
      {span.repeat === 'rule' && (
        <Text
          path={`${path}.rrule`}
          label="order.f.rrule"
          hint="order.rruleHint"
          value={span.rrule}
          onChange={(rrule) => change({ rrule })}
        />
      )}
      {problems.length > 0 && (
        <p className="problem-line">
          <ProblemList of={problems} />
        </p>
      )}
    </div>
  );
}
