import type { EquipmentStatusDocument } from '@ms5/client';
import { useRecords } from '@ms5/react';
import { Card } from '../../components/card.tsx';
import { Age } from '../../components/elapsed.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { known } from '../../format/figure.ts';
import { formatCount } from '../../format/number.ts';
import { useText } from '../../text/text.tsx';
import { LOOK_STYLES, lookOf } from '../../theme/states.ts';
import type { LineEquipment } from '../andon/line-equipment.ts';
import classes from './equipment-strip.module.css';

interface EquipmentStripProps {
  /** Topic of the line, `{site}/{area}/{line}`. */
  readonly topic: string;
  readonly equipment: LineEquipment;
  readonly constraint: string;
  readonly className?: string | undefined;
}

/** The line's equipment in the order of the flow; the one that carries the line's figures is marked. */
export function EquipmentStrip({ topic, equipment, constraint, className }: EquipmentStripProps) {
  const { t } = useText();
  const views = useRecords<EquipmentStatusDocument>(`${topic}/+/status`).value;
  return (
    <Card title={t.equipment.title} className={className}>
      <ul className={classes['strip']}>
        {equipment.map(({ id, name }) => (
          <Equipment
            key={id}
            name={name}
            status={views.get(`${topic}/${id}/status`)?.value}
            constraint={constraint === id || constraint.endsWith(`/${id}`)}
          />
        ))}
      </ul>
    </Card>
  );
}

interface EquipmentProps {
  readonly name: string;
  readonly status: Partial<EquipmentStatusDocument> | undefined;
  readonly constraint: boolean;
}

function Equipment({ name, status, constraint }: EquipmentProps) {
  const { t, locale } = useText();
  const look = lookOf(status ?? {});
  const counts = known(status?.counts);
  const since = look === 'silent' ? status?.contact?.lastAt : status?.state?.since;
  return (
    <li className={classes['equipment']} data-tone={look === null ? 'quiet' : LOOK_STYLES[look].tone}>
      <span className={classes['name']}>
        {name}
        {constraint && <span className={classes['constraint']}>{t.equipment.constraint}</span>}
      </span>
      <span className={classes['state']}>
        {look === null ? t.common.notKnown : <StateWord look={look} />}
        {since !== undefined && (
          <span className={classes['detail']}>
            <Age since={since} />
          </span>
        )}
      </span>
      {counts.known && (
        <span className={classes['detail']}>
          {t.equipment.produced(formatCount(counts.value.produced, locale))}
          {counts.value.scrap > 0 && ` · ${t.equipment.scrap(formatCount(counts.value.scrap, locale))}`}
        </span>
      )}
    </li>
  );
}
